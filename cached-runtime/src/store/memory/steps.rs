//! The steps, each of them one operation on the map: between reading a slot and changing it nobody else can.

use std::time::Duration;

use bytes::Bytes;
use quick_cache::sync::{EntryAction, EntryResult};
use tokio::time::Instant;

use super::{MemoryStore, Slot};

impl MemoryStore {
    /// The value, and how long it still lives.
    pub(super) fn read(&self, slot: &str) -> Option<(Bytes, Duration)> {
        let found = self.slots.get(slot)?;
        let now = Instant::now();
        if found.is_over(now) {
            // Only if it is still over: another call may have filled it again.
            self.slots.remove_if(slot, |current| current.is_over(now));
            return None;
        }
        let left = found.left(now);
        Some((found.value, left))
    }

    pub(super) fn renew(&self, slot: &str, ttl: Duration) -> Option<Bytes> {
        self.on_found(slot, |found| {
            found.renew(ttl);
            found.value.clone()
        })
    }

    pub(super) fn put_if_absent(&self, slot: &str, new: Slot) -> Option<Bytes> {
        self.fill_empty(slot, new, || {})
    }

    /// As [`put_if_absent`](Self::put_if_absent); `on_taken` is called when the slot is as good as taken, and before
    /// anybody else can take it.
    pub(super) fn fill_empty(
        &self,
        slot: &str,
        mut new: Slot,
        mut on_taken: impl FnMut(),
    ) -> Option<Bytes> {
        loop {
            let now = Instant::now();
            // Whoever is putting something into the empty slot does nothing else meanwhile: the wait is short.
            let put = self.slots.entry(slot, None, |_, found| {
                EntryAction::Retain(if found.is_over(now) {
                    on_taken();
                    *found = new.clone();
                    None
                } else {
                    Some(found.value.clone())
                })
            });
            match put {
                EntryResult::Retained(found) => {
                    self.shrink();
                    return found;
                }
                // Refused if somebody else wrote or emptied the slot since: that was first, so it is looked at again.
                EntryResult::Vacant(guard) => {
                    on_taken();
                    match guard.insert(new) {
                        Ok(()) => return None,
                        Err(refused) => new = refused,
                    }
                }
                // Only after a time limit, or a choice that is not made above.
                EntryResult::Timeout | EntryResult::Removed(..) | EntryResult::Replaced(..) => {}
            }
        }
    }

    /// What was a lock remains one.
    pub(super) fn put_if_starts(&self, slot: &str, start: &[u8], mut new: Slot) -> bool {
        let put = self.on_found(slot, |found| {
            let starts = found.value.starts_with(start);
            if starts {
                new.is_lock = found.is_lock;
                *found = new;
            }
            starts
        });
        self.shrink();
        put == Some(true)
    }

    pub(super) fn remove_if_starts(&self, slot: &str, start: &[u8]) -> bool {
        let now = Instant::now();
        let removed = self
            .slots
            .remove_if(slot, |found| found.is_over(now) || found.value.starts_with(start));
        removed.is_some_and(|(_, found)| !found.is_over(now))
    }

    pub(super) fn left(&self, slot: &str) -> Option<Duration> {
        let left = self.slots.peek(slot)?.left(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    pub(super) fn remove(&self, slot: &str) -> bool {
        let now = Instant::now();
        self.slots.remove(slot).is_some_and(|(_, found)| !found.is_over(now))
    }

    pub(super) fn remove_prefix(&self, prefix: &str) -> u64 {
        let now = Instant::now();
        let mut removed = 0;
        for (name, slot) in self.slots.iter() {
            if name.starts_with(prefix) && self.slots.remove(&name).is_some() && !slot.is_over(now)
            {
                removed += 1;
            }
        }
        removed
    }

    /// Does something with a slot that is there and not over, in place.
    fn on_found<T>(&self, slot: &str, act: impl FnOnce(&mut Slot) -> T) -> Option<T> {
        let now = Instant::now();
        // No waiting: a slot that somebody is about to fill is still empty.
        let done = self.slots.entry(slot, Some(Duration::ZERO), |_, found| {
            if found.is_over(now) { EntryAction::Remove } else { EntryAction::Retain(act(found)) }
        });
        match done {
            EntryResult::Retained(done) => Some(done),
            _ => None,
        }
    }

    /// Makes room after a slot has grown in place, for which the map itself drops nothing before the next insertion:
    /// a thousand leases that become values at once would be a thousand values too many.
    fn shrink(&self) {
        if self.slots.weight() > self.capacity {
            self.slots.set_capacity(self.capacity);
        }
    }
}
