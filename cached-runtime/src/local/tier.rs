//! The values, of all functions of a cache, in one budget.

use std::sync::Arc;

use quick_cache::Weighter;

use super::key::{Place, Wanted};
use super::moment::Moment;
use super::parts::Parts;
use crate::clock::Tick;
use crate::policy::Shared;
use crate::store::tracker::{Stamp, Watch};

/// What a kept value costs beside its key and itself, in bytes, about: 120 in a list that doubles when it is full, 10 in a
/// table that does so too, and the headers of two allocations. What of the list is for keys that are kept no more, to know
/// them again, is beside that: at most a tenth of the budget.
const OVERHEAD: usize = 256;

/// What may be kept, of all functions together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) bytes: usize,
    pub(crate) entries: usize,
}

/// A value that is kept.
pub(crate) struct Stored {
    pub(crate) value: Shared,
    /// What it was read under.
    pub(crate) stamp: Stamp,
    pub(crate) end: Moment,
    /// Whether the store tells when it changes.
    pub(crate) is_tracked: bool,
    /// Of the value, in bytes.
    pub(crate) weight: u32,
}

/// The values of one cache.
pub(crate) struct Tier {
    values: Parts,
    watch: Arc<Watch>,
}

pub(super) struct Weight {
    least: u64,
}

impl Weighter<Place, Stored> for Weight {
    fn weight(&self, place: &Place, stored: &Stored) -> u64 {
        let beside = place.size() + stored.stamp.size() + OVERHEAD;
        // None is so small that more than the budget's number of them would fit.
        (beside as u64 + u64::from(stored.weight)).max(self.least)
    }
}

impl Budget {
    /// As much as there can be at all, for a user who bounds only the one or the other: sums of it are numbers, too.
    fn possible(self) -> Self {
        const MOST: usize = usize::MAX / 8;
        Self { bytes: self.bytes.min(MOST), ..self }
    }

    /// What an entry counts at the least, so that there are no more of them. There is room for half a one more, as the last
    /// one is not let in where there is none at all.
    fn least(self) -> u64 {
        let halves = self.entries.saturating_mul(2).saturating_add(1);
        self.bytes.saturating_mul(2).div_ceil(halves) as u64
    }

    pub(super) fn weight(self) -> Weight {
        Weight { least: self.least() }
    }

    /// How many entries there usually are.
    pub(super) fn usual(self) -> usize {
        const USUAL: usize = 1024;
        (self.bytes / USUAL).clamp(1, self.entries.max(1))
    }

    /// In how many parts it is divided, as each has a lock: a power of two. No value can be larger than one part.
    pub(super) fn parts(self) -> usize {
        const LEAST_BYTES: usize = 2 * 1024 * 1024;
        const LEAST_ENTRIES: usize = 32;
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let most = (self.bytes / LEAST_BYTES).min(self.usual() / LEAST_ENTRIES).max(1);
        1 << (threads * 4).min(most).ilog2()
    }
}

impl Tier {
    pub(crate) fn new(budget: Budget, watch: Arc<Watch>) -> Self {
        Self { values: Parts::new(budget.possible()), watch }
    }

    /// The value that is kept there, if it still counts.
    #[inline(always)]
    pub(crate) fn find(&self, wanted: &Wanted<'_>) -> Option<Shared> {
        self.values.get(wanted, |stored| self.counts(stored).then(|| Arc::clone(&stored.value)))
    }

    #[inline(always)]
    fn counts(&self, stored: &Stored) -> bool {
        let now = Tick::now();
        !stored.end.is_over(now)
            && self.watch.holds(&stored.stamp)
            && (!stored.is_tracked || self.watch.is_trusted(now))
    }

    pub(crate) fn keep(&self, place: Place, stored: Stored) {
        self.values.insert(place, stored);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::time::Duration;

    use super::*;
    use crate::Tracker;
    use crate::codec::Json;
    use crate::key::{Function, KeyBuilder};
    use crate::policy::{Kept, Local, Policy};

    static FUNCTION: Function = Function::new("f", "", "", "tier.rs", 1, 1);

    const MIB: usize = 1024 * 1024;

    /// Keeps values of that size, one after the other.
    fn filled(budget: Budget, count: u64, size: u32) -> (Tier, Local<Arc<u64>>) {
        let watch = Arc::new(Watch::default());
        Tracker::new(&watch).trust();
        let tier = Tier::new(budget, Arc::clone(&watch));
        let policy =
            Policy::new::<Json>(Duration::MAX).local(Kept::<Arc<u64>>::new().keeper::<()>());
        let local = policy.local.expect("it was just set");
        for n in 0..count {
            with(n, |wanted| {
                let stamp = watch.stamp(watch.ticket("slot", &[]), &[]).unwrap();
                let (value, end) = ((local.keeper.share)(&Arc::new(n)), Moment::Tick(Tick::NEVER));
                let stored = Stored { value, stamp, end, is_tracked: true, weight: size };
                tier.keep(wanted.to_place().unwrap(), stored);
            });
        }
        (tier, local)
    }

    fn with<T>(argument: u64, use_it: impl FnOnce(Wanted<'_>) -> T) -> T {
        let mut key = KeyBuilder::new(&FUNCTION, "tests::f".into());
        key.arg(&argument);
        use_it(Wanted::new(&FUNCTION, key.finish().carried().unwrap(), &[]))
    }

    fn finds(tier: &Tier, local: &Local<Arc<u64>>, argument: u64) -> bool {
        with(argument, |wanted| tier.find(&wanted))
            .is_some_and(|kept| (local.keeper.hand_out)(kept) == Some(Arc::new(argument)))
    }

    #[test]
    fn there_are_no_more_entries_than_there_may_be() {
        for entries in [1, 2, 3, 10, 33, 100, 1000, 4321] {
            for bytes in [64 * MIB, usize::MAX] {
                let (tier, local) = filled(Budget { bytes, entries }, 10_000, 8);
                let kept = (0..10_000).filter(|n| finds(&tier, &local, *n)).count();
                assert!((1..=entries).contains(&kept), "{kept} of {entries}, in {bytes}");
                assert!(kept * 10 >= entries * 9, "{kept} of {entries}, in {bytes}");
            }
        }
    }

    #[test]
    fn there_are_no_more_bytes_than_there_may_be() {
        let most = Budget { bytes: MIB, entries: usize::MAX };
        for size in [0, 100, 10_000, 500_000] {
            let (tier, local) = filled(most, 10_000, size);
            let kept = (0..10_000).filter(|n| finds(&tier, &local, *n)).count();
            let room = MIB / (size as usize + OVERHEAD);
            assert!(kept <= room && kept * 10 >= room * 8, "{kept} of {room}");
        }
        let (tier, local) = filled(most, 10, 2 * 1024 * 1024);
        assert!((0..10).all(|n| !finds(&tier, &local, n)), "they are too large");
    }

    #[test]
    fn values_are_dropped_when_others_can_be_found_again() {
        struct OfUser {
            is_fatal: bool,
        }
        impl Drop for OfUser {
            fn drop(&mut self) {
                assert!(!self.is_fatal, "the user's `Drop` panics");
            }
        }
        let (tier, local) = filled(Budget { bytes: MIB, entries: usize::MAX }, 0, 0);
        let keep = |argument, value: Shared, weight| {
            with(argument, |wanted| {
                let stamp = tier.watch.stamp(tier.watch.ticket("slot", &[]), &[]).unwrap();
                let end = Moment::Tick(Tick::NEVER);
                let stored = Stored { value, stamp, end, is_tracked: true, weight };
                tier.keep(wanted.to_place().unwrap(), stored);
            });
        };
        for argument in 0..100 {
            keep(argument, Arc::new(OfUser { is_fatal: argument == 50 }), 8 * 1024);
        }
        let all_at_once = || keep(100, Arc::new(100_u64), 900 * 1024);
        assert!(catch_unwind(AssertUnwindSafe(all_at_once)).is_err(), "they made room");
        assert!(finds(&tier, &local, 100));
    }

    /// Else what is kept costs more than it counts.
    #[test]
    fn an_entry_is_as_small_as_it_counts() {
        // In a list that doubles: a list has two links and a state for each.
        assert!(size_of::<(Place, Stored)>() + 16 <= 120, "{}", size_of::<(Place, Stored)>());
    }
}
