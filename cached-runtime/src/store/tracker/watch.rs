//! The counters.

use std::collections::hash_map::RandomState;
use std::future::Future;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::stamp::{Mark, Stamp, Ticket};
use super::waiting::Waiting;
use crate::clock::Tick;

/// Half a megabyte of counters. Two slots of one counter are rarely both kept and written often; if so, that costs reads.
const STRIPES: usize = 1 << 16;

/// What has changed, for one cache. Hits read it, and never write.
#[derive(Debug)]
pub(crate) struct Watch {
    /// Of the slots; made when something is first kept.
    stripes: OnceLock<Box<[AtomicU64]>>,
    /// Changes when all that was kept is void.
    generation: AtomicU64,
    /// How often anything has changed.
    changes: AtomicU64,
    /// Until when what was kept counts, as the clock shows.
    trusted_until: AtomicU64,
    hasher: RandomState,
    waiting: Waiting,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            stripes: OnceLock::new(),
            generation: AtomicU64::new(0),
            changes: AtomicU64::new(0),
            trusted_until: AtomicU64::new(Tick::PAST.as_raw()),
            hasher: RandomState::new(),
            waiting: Waiting::default(),
        }
    }
}

impl Watch {
    pub(crate) fn changed(&self, slot: &str) {
        // Before the first ticket nothing is kept, and nobody waits.
        let Some(stripes) = self.stripes.get() else { return };
        let stripe = self.stripe(slot);
        self.changes.fetch_add(1, Ordering::SeqCst);
        stripes[stripe as usize].fetch_add(1, Ordering::SeqCst);
        self.waiting.wake(stripe);
    }

    pub(crate) fn all_changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.waiting.wake_all();
    }

    pub(super) fn lost(&self) {
        self.trusted_until.store(Tick::PAST.as_raw(), Ordering::SeqCst);
        self.all_changed();
    }

    /// For that time since the clock showed `now`.
    pub(super) fn trust_for(&self, now: Tick, time: Duration) {
        self.trusted_until.store(now.and(time).as_raw(), Ordering::SeqCst);
    }

    pub(super) fn trust(&self) {
        self.trusted_until.store(Tick::NEVER.as_raw(), Ordering::SeqCst);
    }

    /// Whether changes are told, as far as is known at `now`.
    #[inline]
    pub(crate) fn is_trusted(&self, now: Tick) -> bool {
        now < Tick::from_raw(self.trusted_until.load(Ordering::Acquire))
    }

    /// To be taken before a slot and those of its tags are read.
    pub(crate) fn ticket(&self, slot: &str, tags: &[String]) -> Ticket {
        let changes = self.changes.load(Ordering::SeqCst);
        let generation = self.generation.load(Ordering::SeqCst);
        let tags = tags.iter().map(|tag| self.mark(tag)).collect();
        Ticket { generation, changes, slot: self.mark(slot), tags }
    }

    /// What a value is kept under that was read with this ticket, and names further tags, by their slots. `None` if one of
    /// these may have been invalidated since: they were not known before.
    pub(crate) fn stamp(&self, ticket: Ticket, named: &[String]) -> Option<Stamp> {
        let Ticket { generation, changes, slot, mut tags } = ticket;
        tags.extend(named.iter().map(|tag| self.mark(tag)));
        if !named.is_empty() && self.changes.load(Ordering::SeqCst) != changes {
            return None;
        }
        let tags = (!tags.is_empty()).then(|| Arc::new(tags));
        Some(Stamp { generation, slot, tags })
    }

    /// Whether nothing has changed that the stamp is about.
    #[inline(always)]
    pub(crate) fn holds(&self, stamp: &Stamp) -> bool {
        let Some(stripes) = self.stripes.get() else { return false };
        let is_as_it_was = |mark: &Mark| {
            stripes
                .get(mark.stripe as usize)
                .is_some_and(|it| it.load(Ordering::Acquire) == mark.count)
        };
        self.generation.load(Ordering::Acquire) == stamp.generation
            && is_as_it_was(&stamp.slot)
            && stamp.tags.as_ref().is_none_or(|tags| tags.iter().all(is_as_it_was))
    }

    /// Waits until the slot that was read with this ticket, or one that shares its counter, has changed since.
    pub(crate) fn change_since(
        &self,
        ticket: &Ticket,
    ) -> impl Future<Output = ()> + Send + use<'_> {
        let (Mark { stripe, count }, generation) = (ticket.slot, ticket.generation);
        self.waiting.wait(stripe, move || {
            self.count(stripe) != count || self.generation.load(Ordering::SeqCst) != generation
        })
    }

    fn mark(&self, slot: &str) -> Mark {
        let stripe = self.stripe(slot);
        Mark { stripe, count: self.count(stripe) }
    }

    fn count(&self, stripe: u32) -> u64 {
        let stripes =
            self.stripes.get_or_init(|| (0..STRIPES).map(|_| AtomicU64::new(0)).collect());
        stripes[stripe as usize].load(Ordering::SeqCst)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the remainder is small")]
    fn stripe(&self, slot: &str) -> u32 {
        (self.hasher.hash_one(slot) % STRIPES as u64) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn what_changes_after_the_ticket_wins() {
        let watch = Watch::default();
        let ticket = watch.ticket("a", &[]);
        let stamp = watch.stamp(ticket.clone(), &[]).unwrap();
        assert!(watch.holds(&stamp));
        watch.changed("a");
        assert!(!watch.holds(&stamp));
        assert!(!watch.holds(&watch.stamp(ticket, &[]).unwrap()), "kept late");
        assert!(watch.holds(&watch.stamp(watch.ticket("a", &[]), &[]).unwrap()));
    }

    #[test]
    fn tags_count_as_the_slot_does() {
        let watch = Watch::default();
        let stamp = || watch.stamp(watch.ticket("a", &names(&["t1", "t2"])), &[]).unwrap();
        for change in ["t1", "t2", "a"] {
            let stamp = stamp();
            assert!(watch.holds(&stamp));
            watch.changed(change);
            assert!(!watch.holds(&stamp), "{change}");
        }
    }

    #[test]
    fn tags_that_the_value_names_need_a_quiet_read() {
        let watch = Watch::default();
        let ticket = watch.ticket("a", &[]);
        let stamp = watch.stamp(ticket.clone(), &names(&["t"])).unwrap();
        assert!(watch.holds(&stamp));
        watch.changed("t");
        assert!(!watch.holds(&stamp));
        assert!(watch.stamp(ticket, &names(&["t"])).is_none(), "it may have been this tag");
    }

    #[test]
    fn a_lost_store_voids_all_and_is_not_trusted() {
        let watch = Watch::default();
        assert!(!watch.is_trusted(Tick::now()), "not before it is told so");
        watch.trust();
        let stamp = watch.stamp(watch.ticket("a", &[]), &[]).unwrap();
        assert!(watch.is_trusted(Tick::now()));
        watch.all_changed();
        assert!(watch.is_trusted(Tick::now()) && !watch.holds(&stamp));
        let stamp = watch.stamp(watch.ticket("a", &[]), &[]).unwrap();
        watch.lost();
        assert!(!watch.is_trusted(Tick::now()) && !watch.holds(&stamp));
        watch.trust_for(Tick::now(), Duration::from_secs(60));
        assert!(watch.is_trusted(Tick::now()) && !watch.holds(&stamp));
    }
}
