//! The values in parts, each behind a lock of its own.
//!
//! `quick_cache` has such parts too, but hands out copies; here a value is looked at in its place, and only what is handed
//! out is copied.

use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{PoisonError, RwLock};

use quick_cache::unsync::Cache;
use quick_cache::{Equivalent, OptionsBuilder};

use super::evicted::DroppedLater;
use super::hashing::Hashing;
use super::key::{Place, Wanted};
use super::tier::{Budget, Stored, Weight};

type Part = Cache<Place, Stored, Weight, Hashing, DroppedLater>;

pub(super) struct Parts {
    /// As many as a power of two.
    parts: Box<[RwLock<Part>]>,
    hashing: Hashing,
}

/// What is wanted, with its hash, which is worked out once.
struct Hashed<'a> {
    wanted: &'a Wanted<'a>,
    hash: u64,
}

impl Parts {
    pub(super) fn new(budget: Budget) -> Self {
        let (hashing, parts) = (Hashing::default(), budget.parts());
        let options = OptionsBuilder::new()
            .weight_capacity((budget.bytes as u64).div_ceil(parts as u64))
            .estimated_items_capacity(budget.usual().div_ceil(parts))
            .build()
            .expect("all that it needs is set");
        let part = || Cache::with_options(options.clone(), budget.weight(), hashing, DroppedLater);
        Self { parts: (0..parts).map(|_| RwLock::new(part())).collect(), hashing }
    }

    /// What `take` makes of the value that is there.
    #[inline(always)]
    pub(super) fn get<T>(
        &self,
        wanted: &Wanted<'_>,
        take: impl FnOnce(&Stored) -> Option<T>,
    ) -> Option<T> {
        let hash = self.hashing.hash_one(wanted);
        let part = self.part(hash)?.read().unwrap_or_else(PoisonError::into_inner);
        take(part.get(&Hashed { wanted, hash })?)
    }

    pub(super) fn insert(&self, place: Place, stored: Stored) {
        let Some(part) = self.part(self.hashing.hash_one(&place)) else { return };
        let mut part = part.write().unwrap_or_else(PoisonError::into_inner);
        let evicted = part.insert_with_lifecycle(place, stored);
        drop(part);
        drop(evicted);
    }

    #[inline]
    fn part(&self, hash: u64) -> Option<&RwLock<Part>> {
        // Neither end of the hash: they choose the place in a part.
        self.parts.get((hash >> 32) as usize & (self.parts.len() - 1))
    }
}

impl Hash for Hashed<'_> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl Equivalent<Place> for Hashed<'_> {
    #[inline]
    fn equivalent(&self, place: &Place) -> bool {
        self.wanted.equivalent(place)
    }
}
