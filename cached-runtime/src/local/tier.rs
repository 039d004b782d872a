//! The values, of all functions of a cache, in one budget.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::key::{Place, Wanted};
use super::moment::Moment;
use crate::clock::Tick;
use crate::policy::{Local, Shared};
use crate::store::tracker::{Stamp, Watch};

/// What a kept value costs beside its key and itself, in bytes, about.
const OVERHEAD: usize = 256;

/// What may be kept, of all functions together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) bytes: usize,
    pub(crate) entries: usize,
}

/// A value that is kept.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) value: Shared,
    /// What it was read under.
    pub(crate) stamp: Stamp,
    pub(crate) end: Moment,
    /// Whether the store tells when it changes.
    pub(crate) is_tracked: bool,
    /// In bytes.
    pub(crate) weight: usize,
}

/// The values of one cache.
pub(crate) struct Tier {
    values: Cache<Place, Stored, Weight>,
    watch: Arc<Watch>,
}

#[derive(Clone)]
struct Weight {
    least: usize,
}

impl Weighter<Place, Stored> for Weight {
    fn weight(&self, place: &Place, stored: &Stored) -> u64 {
        // None is so small that more than the budget's number of them would fit.
        (place.size() + stored.weight + OVERHEAD).max(self.least) as u64
    }
}

impl Tier {
    pub(crate) fn new(budget: Budget, watch: Arc<Watch>) -> Self {
        const USUAL: usize = 1024;
        let Budget { bytes, entries } = budget;
        let weight = Weight { least: bytes / entries.max(1) };
        let usual = (bytes / USUAL).clamp(1, entries.max(1));
        Self { values: Cache::with_weighter(usual, bytes as u64, weight), watch }
    }

    /// The value that is kept there, if it still counts.
    #[inline]
    pub(crate) fn find<V>(&self, wanted: Wanted<'_>, local: &Local<V>) -> Option<V> {
        let stored = self.values.get(&wanted)?;
        let now = Tick::now();
        let counts = !stored.end.is_over(now)
            && self.watch.holds(&stored.stamp)
            && (!stored.is_tracked || self.watch.is_trusted(now));
        if counts { (local.keeper.hand_out)(stored.value) } else { None }
    }

    pub(crate) fn keep(&self, place: Place, stored: Stored) {
        self.values.insert(place, stored);
    }
}
