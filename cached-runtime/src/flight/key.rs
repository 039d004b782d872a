//! Names of slots on the board, hashed once per call.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};
use std::sync::{Arc, LazyLock};

/// A slot's name and its hash.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Key {
    hash: u64,
    pub(super) slot: Arc<str>,
}

impl Key {
    pub(super) fn new(slot: &Arc<str>) -> Self {
        // Seeded, as the names may be made of what users send.
        static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        Self { hash: SEED.hash_one(slot), slot: Arc::clone(slot) }
    }

    pub(super) fn shard(&self, shards: usize) -> usize {
        // The map goes by the lowest and the highest bits.
        (self.hash >> 32) as usize % shards
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
