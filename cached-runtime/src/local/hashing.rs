//! XXH3 (Y. Collet, <https://xxhash.com>) of keys of a few bytes, seeded for each tier, so that nobody can make keys that
//! meet. Redis's client has it too; the standard library's hasher takes half of a hit's time.

use std::hash::{BuildHasher, Hasher, RandomState};

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// What was written so far is the seed of what comes next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hashing {
    seed: u64,
}

impl Default for Hashing {
    fn default() -> Self {
        Self { seed: RandomState::new().hash_one(0) }
    }
}

impl BuildHasher for Hashing {
    type Hasher = Self;

    #[inline]
    fn build_hasher(&self) -> Self {
        *self
    }
}

impl Hasher for Hashing {
    /// Goes into the next one.
    #[inline]
    fn write_usize(&mut self, word: usize) {
        self.seed = (self.seed ^ word as u64).rotate_left(32);
    }

    /// What is hashed already.
    #[inline]
    fn write_u64(&mut self, hash: u64) {
        self.seed = hash;
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.seed = xxh3_64_with_seed(bytes, self.seed);
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.seed
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_that_are_nearly_the_same_spread_over_all_bits() {
        spread(|hasher, number| hasher.write(&number.to_le_bytes()));
        spread(|hasher, number| hasher.write_u128(number.into()));
        spread(|hasher, number| hasher.write_u128(u128::from(number) << 80));
    }

    fn spread(write: impl Fn(&mut Hashing, u32)) {
        let hashing = Hashing::default();
        let hash = |number| {
            let mut hasher = hashing.build_hasher();
            write(&mut hasher, number);
            hasher.finish()
        };
        let hashes: Vec<_> = (0..100_000).map(hash).collect();
        assert_eq!(hashes.iter().collect::<HashSet<_>>().len(), hashes.len());
        for bit in 0..64 {
            let ones = hashes.iter().filter(|hash| *hash >> bit & 1 == 1).count();
            assert!((48_000..52_000).contains(&ones), "bit {bit}: {ones} of 100,000");
        }
        // Each 1/256 of the values of any byte, as parts of the tier and places in its tables are chosen by some bits.
        for byte in 0..8 {
            let mut counts = [0; 256];
            for hash in &hashes {
                counts[(hash >> (8 * byte) & 0xFF) as usize] += 1;
            }
            assert!(counts.iter().all(|count| (240..550).contains(count)), "byte {byte}");
        }
    }
}
