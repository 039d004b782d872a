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
pub(super) const OVERHEAD: usize = 256;

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

/// Else what is kept costs more than it counts.
#[test]
fn an_entry_is_as_small_as_it_counts() {
    // In a list that doubles: a list has two links and a state for each.
    assert!(size_of::<(Place, Stored)>() + 16 <= 120, "{}", size_of::<(Place, Stored)>());
}
