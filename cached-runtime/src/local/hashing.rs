//! A hash for keys of a few bytes, seeded for each tier: one multiplication for each sixteen of them.
//!
//! Each step multiplies to 128 bits and folds them (as wyhash and its successors do). Who does not know the seed can't
//! make keys that meet; the standard library's hasher, which resists even who can measure it, takes half of a hit's time.

use std::hash::{BuildHasher, Hasher, RandomState};

/// An odd number whose bits look random: of the golden ratio.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

#[derive(Debug, Clone, Copy)]
pub(super) struct Hashing {
    seed: u64,
    factor: u64,
}

impl Default for Hashing {
    fn default() -> Self {
        let random = RandomState::new();
        Self { seed: random.hash_one(0), factor: random.hash_one(1) }
    }
}

impl BuildHasher for Hashing {
    type Hasher = Hashing;

    #[inline]
    fn build_hasher(&self) -> Hashing {
        *self
    }
}

impl Hasher for Hashing {
    /// Sixteen bytes by one multiplication.
    #[inline]
    fn write_u128(&mut self, both: u128) {
        let (low, high) = halves(both);
        self.seed = folded(self.seed ^ low, self.factor ^ high);
    }

    /// Goes into the next one.
    #[inline]
    fn write_usize(&mut self, word: usize) {
        self.seed = (self.seed ^ word as u64).rotate_left(32);
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.write_u128(u128::from_le_bytes(*word));
        }
        let mut last = [0; 16];
        last[..rest.len()].copy_from_slice(rest);
        self.write_usize(bytes.len());
        self.write_u128(u128::from_le_bytes(last));
    }

    #[inline]
    fn finish(&self) -> u64 {
        // Once more, so that the last word has come into all bits.
        folded(self.seed, FACTOR)
    }
}

#[inline]
fn folded(one: u64, other: u64) -> u64 {
    let (low, high) = halves(u128::from(one) * u128::from(other));
    low ^ high
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
fn halves(both: u128) -> (u64, u64) {
    (both as u64, (both >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_that_are_nearly_the_same_spread_over_all_bits() {
        let hashing = Hashing::default();
        let hash = |bytes: &[u8]| {
            let mut hasher = hashing.build_hasher();
            hasher.write(bytes);
            hasher.finish()
        };
        let hashes: Vec<_> = (0..100_000_u32).map(|n| hash(&n.to_le_bytes())).collect();
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
        assert_ne!(hash(b"a"), hash(b"a\0"), "the length counts");
    }
}
