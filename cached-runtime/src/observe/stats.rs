use std::sync::atomic::{AtomicU64, Ordering};

use super::Outcome;
use super::lanes::Lanes;

/// What a [`Cache`](crate::Cache) has seen since it was built.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// All functions together.
    pub total: Counts,
    /// Each function that was called, by its path, in the order of their paths.
    pub functions: Vec<(String, Counts)>,
    /// Invalidations that failed, of entries, tags or prefixes, and wait for the store to answer: until they have gone
    /// through, this process runs the bodies of what they are about. Those that wait for longer than for the end of an
    /// outage are refused: see to the rights of the user.
    pub pending_invalidations: u64,
}

/// How often each thing happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Calls answered from what this process keeps of the store: those of functions with `local`.
    pub local_hits: u64,
    /// Calls answered from the store.
    pub hits: u64,
    /// Calls answered from the store after `ttl`. Those whose body was tried first, and failed, are misses as well.
    pub stale: u64,
    /// Calls that ran the body as the store had no value, or none that was fresh.
    pub misses: u64,
    /// Calls answered by the body of another call.
    pub shared: u64,
    /// Calls that ran the body without a cache.
    pub bypasses: u64,
    /// Results that were not stored, as an invalidation or another fill had come in between.
    pub overtaken: u64,
    /// Steps of the store that failed, and values or arguments that could not be encoded.
    pub errors: u64,
    /// Values that could not be decoded, and were overwritten.
    pub undecodable: u64,
    /// Results that were larger than `max_size`, and were not stored.
    pub too_large: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: &Self) {
        let Self { local_hits, hits, stale, misses, shared, bypasses, overtaken, .. } = other;
        let Self { errors, undecodable, too_large, .. } = other;
        self.local_hits += local_hits;
        self.hits += hits;
        self.stale += stale;
        self.misses += misses;
        self.shared += shared;
        self.bypasses += bypasses;
        self.overtaken += overtaken;
        self.errors += errors;
        self.undecodable += undecodable;
        self.too_large += too_large;
    }
}

/// [`Counts`] in the making.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) local_hits: Lanes,
    pub(crate) hits: Lanes,
    pub(crate) stale: Counter,
    pub(crate) misses: Counter,
    pub(crate) shared: Counter,
    pub(crate) bypasses: Counter,
    pub(crate) overtaken: Counter,
    pub(crate) errors: Counter,
    pub(crate) undecodable: Counter,
    pub(crate) too_large: Counter,
    /// Bodies that took longer than `lease`; their results are among those of `overtaken`.
    pub(crate) long_bodies: Counter,
}

impl Counters {
    /// Counts a call with this outcome.
    pub(crate) fn count(&self, outcome: Outcome) {
        let counter = match outcome {
            Outcome::LocalHit => return self.local_hits.count(),
            Outcome::Hit => return self.hits.count(),
            Outcome::Stale => &self.stale,
            Outcome::Miss => &self.misses,
            Outcome::Shared => &self.shared,
            Outcome::Bypass => &self.bypasses,
        };
        counter.count();
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            local_hits: self.local_hits.get(),
            hits: self.hits.get(),
            stale: self.stale.get(),
            misses: self.misses.get(),
            shared: self.shared.get(),
            bypasses: self.bypasses.get(),
            overtaken: self.overtaken.get(),
            errors: self.errors.get(),
            undecodable: self.undecodable.get(),
            too_large: self.too_large.get(),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    /// Returns how often it was counted before.
    #[inline]
    pub(crate) fn count(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
