//! A call of a function with `local`: its value may be kept in this process.

use std::cell::Cell;

use super::asked::{Asked, Mode};
use super::engine::Engine;
use super::write::is_any_writing;
use super::{Desk, Request};
use crate::codec::wire;
use crate::flight::Found;
use crate::local::{Moment, Stored, Wanted};
use crate::observe::{Known, Outcome};
use crate::policy::{Policy, Shared};
use crate::store::tracker::Ticket;

/// The value that is kept for a call around which nothing is set, if it counts. Neither the name of its slot nor a digest
/// is worked out for it.
#[inline(always)]
pub(crate) fn kept(engine: &Engine, wanted: &Wanted<'_>) -> Option<Shared> {
    if engine.doubts_anything() || is_for_others() {
        return None;
    }
    let value = find(engine, wanted)?;
    engine.functions.count_local_hit(wanted.function());
    Some(value)
}

/// As [`kept`], for a call around which something may be set.
pub(crate) fn kept_inside(engine: &Engine, wanted: &Wanted<'_>) -> Option<Shared> {
    if is_any_writing() || Asked::is_anything_here() { None } else { kept(engine, wanted) }
}

#[inline(always)]
fn find(engine: &Engine, wanted: &Wanted<'_>) -> Option<Shared> {
    engine.tier.get()?.find(wanted)
}

/// Whether a call must know the name of its slot before it looks here: anything at all is in doubt, or is written by this
/// very call.
pub(super) fn takes_a_name(engine: &Engine) -> bool {
    engine.doubts_anything() || is_any_writing()
}

/// As [`kept`], for a call of which it is known that its slot is certain, and what is asked.
pub(super) fn kept_certain<V>(
    engine: &Engine,
    request: &Request<V>,
    known: &Known,
    asked: &Asked,
) -> Option<V> {
    let local = request.policy.local.as_ref()?;
    if asked.mode != Mode::Cached {
        return None;
    }
    let value = (local.keeper.hand_out)(find(engine, &request.wanted()?)?)?;
    known.counters.local_hits.count();
    asked.note(Outcome::LocalHit);
    Some(value)
}

/// Before a refresh: what is kept counts no more, also if the store is away and nothing changes there.
pub(super) fn forget<V>(engine: &Engine, request: &Request<V>, known: &Known) {
    if request.policy.local.is_some()
        && let Ok(slot) = engine.slot(request, known)
    {
        engine.watch.changed(&slot);
    }
}

/// A task that makes one such call after the other would never let go of its thread, also not to the task that hears of
/// changes. So now and then one goes the whole way of a call, which lets others run.
#[inline]
fn is_for_others() -> bool {
    /// They take some 50 µs: no longer than any step of a task should.
    const IN_A_ROW: u32 = 1024;
    thread_local! {
        static HITS: Cell<u32> = const { Cell::new(0) };
    }
    HITS.try_with(|hits| {
        hits.set(hits.get().wrapping_add(1));
        hits.get().is_multiple_of(IN_A_ROW)
    })
    .unwrap_or(true)
}

/// Before a read: when it is sent, and what has changed until then.
pub(super) struct Departure {
    moment: Moment,
    pub(super) ticket: Ticket,
}

impl Departure {
    pub(super) fn now(desk: Desk<'_>) -> Self {
        let ticket = desk.engine.watch.ticket(desk.slot, desk.tags.of_arguments());
        Self { moment: Moment::now(), ticket }
    }

    /// Keeps the value that was read, if it may be kept.
    pub(super) fn keep<V>(
        self,
        desk: Desk<'_>,
        policy: &Policy<V>,
        (value, found): (&V, &Found),
        is_tracked: bool,
    ) {
        let (Some(local), Some(place)) = (&policy.local, desk.place) else { return };
        let bound = if is_tracked { local.ttl } else { local.ttl.min(local.untracked) };
        let age = wire::age(&found.bytes);
        let fresh = policy.staleness.fresh_for(found.left, age.window, age.cost);
        let Some(end) = self.moment.in_time(fresh.min(bound)) else { return };
        let weight = (policy.codec.weight)(value, found.bytes.len());
        if weight > local.max_size {
            return;
        }
        let named = wire::tags(&found.bytes).map(|tags| tags.named).unwrap_or_default();
        let named: Vec<_> = named.into_iter().map(|(tag, _)| tag).collect();
        if let Some(stamp) = desk.engine.watch.stamp(self.ticket, &named) {
            let value = (local.keeper.share)(value);
            let weight = weight.try_into().unwrap_or(u32::MAX);
            let stored = Stored { value, stamp, end, is_tracked, weight };
            desk.engine.tier().keep(place.clone(), stored);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::Cache;
    use crate::clock::Tick;
    use crate::key::{Function, KeyBuilder};

    /// A read that began before an invalidation failed may keep what that was to be rid of.
    #[tokio::test]
    async fn what_is_kept_is_not_handed_out_while_anything_is_in_doubt() {
        static FUNCTION: Function = Function::new("f", "", "", file!(), line!(), column!());
        let cache = Cache::in_memory();
        let engine = cache.engine();
        let key = KeyBuilder::new(&FUNCTION, "tests::f".into()).finish();
        let wanted = Wanted::new(&FUNCTION, key.carried().unwrap(), &[]);
        let tier = engine.tier();
        let stamp = engine.watch.stamp(engine.watch.ticket("slot", &[]), &[]).unwrap();
        let end = Moment::Tick(Tick::NEVER);
        let stored = Stored { value: Arc::new(1), stamp, end, is_tracked: true, weight: 8 };
        tier.keep(wanted.to_place().unwrap(), stored);
        assert!(kept(engine, &wanted).is_some() && kept_inside(engine, &wanted).is_some());
        engine.doubt("another slot");
        assert!(kept(engine, &wanted).is_none() && kept_inside(engine, &wanted).is_none());
    }
}
