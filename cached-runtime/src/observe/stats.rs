use std::sync::atomic::{AtomicU64, Ordering};

/// What a [`Cache`](crate::Cache) has seen since it was built.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// All functions together.
    pub total: Counts,
    /// Each function that was called, by its path, in the order of their paths.
    pub functions: Vec<(String, Counts)>,
}

/// How often each thing happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Calls answered from the store.
    pub hits: u64,
    /// Calls that ran the body as the store had no value.
    pub misses: u64,
    /// Calls that ran the body without a cache.
    pub bypasses: u64,
    /// Steps of the store that failed, and values or arguments that could not be encoded.
    pub errors: u64,
    /// Values that could not be decoded, and were overwritten.
    pub undecodable: u64,
    /// Results that were larger than `max_size`, and were not stored.
    pub too_large: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: &Self) {
        let Self { hits, misses, bypasses, errors, undecodable, too_large } = other;
        self.hits += hits;
        self.misses += misses;
        self.bypasses += bypasses;
        self.errors += errors;
        self.undecodable += undecodable;
        self.too_large += too_large;
    }
}

/// [`Counts`] in the making.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) hits: Counter,
    pub(crate) misses: Counter,
    pub(crate) bypasses: Counter,
    pub(crate) errors: Counter,
    pub(crate) undecodable: Counter,
    pub(crate) too_large: Counter,
}

impl Counters {
    pub(crate) fn counts(&self) -> Counts {
        Counts {
            hits: self.hits.get(),
            misses: self.misses.get(),
            bypasses: self.bypasses.get(),
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
    pub(crate) fn count(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
