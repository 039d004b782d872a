//! Names of slots on the board, hashed once per call.

use std::borrow::Borrow;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};
use std::sync::{Arc, LazyLock};

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A slot's name and its hash.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Key {
    hash: u64,
    pub(super) slot: Arc<str>,
}

/// A [`Key`] whose name is another's: to look one up takes no count of who holds it.
#[derive(Clone, Copy)]
pub(super) struct Name<'a> {
    hash: u64,
    slot: &'a Arc<str>,
}

/// What a place is found by.
pub(super) trait Named {
    fn name(&self) -> Name<'_>;
}

impl<'a> Name<'a> {
    pub(super) fn new(slot: &'a Arc<str>) -> Self {
        // Seeded, as the names may be made of what users send.
        static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0));
        Self { hash: xxh3_64_with_seed(slot.as_bytes(), *SEED), slot }
    }

    pub(super) fn to_key(self) -> Key {
        Key { hash: self.hash, slot: Arc::clone(self.slot) }
    }

    pub(super) fn shard(self, shards: usize) -> usize {
        // The map goes by the lowest and the highest bits.
        (self.hash >> 32) as usize % shards
    }
}

impl Named for Name<'_> {
    fn name(&self) -> Name<'_> {
        *self
    }
}

impl Named for Key {
    fn name(&self) -> Name<'_> {
        Name { hash: self.hash, slot: &self.slot }
    }
}

impl<'a> Borrow<dyn Named + 'a> for Key {
    fn borrow(&self) -> &(dyn Named + 'a) {
        self
    }
}

impl PartialEq for dyn Named + '_ {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (self.name(), other.name());
        one.hash == other.hash && (Arc::ptr_eq(one.slot, other.slot) || one.slot == other.slot)
    }
}

impl Eq for dyn Named + '_ {}

impl Hash for dyn Named + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.name().hash);
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

pub(super) type BuildHash = BuildHasherDefault<Hashed>;

/// Takes the hash of a [`Key`] for what it is.
#[derive(Default)]
pub(super) struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, _: &[u8]) {
        unreachable!("a `Key` is hashed as a number");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
