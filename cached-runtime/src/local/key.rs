//! What a kept value is found by: the function, its arguments as they are encoded, and its tags. No slot's name need be
//! worked out for it, and no digest.

#![expect(
    clippy::inline_always,
    reason = "of 45 ns that a hit takes, each call on its way takes 2"
)]

use std::hash::{Hash, Hasher};
use std::ptr;

use quick_cache::Equivalent;

use crate::key::Function;

/// A key in the tier. Small, as there are many.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    function: usize,
    bytes: Bytes,
}

/// The key, and then, from `tags` on, the tags that the arguments name: arguments that are no part of the key may be in
/// them. Short ones are in place: that spares a look elsewhere, and memory too.
#[derive(Debug, Clone)]
enum Bytes {
    Inline { len: u8, tags: u8, bytes: [u8; INLINE] },
    Boxed { tags: u32, bytes: Box<[u8]> },
}

/// As much as there is room for in what the other variant takes.
const INLINE: usize = 21;

/// A key to look up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Where its attribute's static is: no other is there.
    function: usize,
    key: &'a [u8],
    tags: &'a [u8],
}

impl<'a> Wanted<'a> {
    /// Of a [key](crate::key::Key::bytes) and [tags](crate::key::TagNames::bytes).
    #[inline]
    pub(crate) fn new(function: &'static Function, key: &'a [u8], tags: &'a [u8]) -> Self {
        Self { function: ptr::from_ref(function).addr(), key, tags }
    }

    pub(crate) fn to_place(self) -> Option<Place> {
        let Self { function, key, tags } = self;
        Some(Place { function, bytes: Bytes::new(key, tags)? })
    }
}

impl Place {
    /// Of what it has in memory of its own, in bytes.
    pub(super) fn size(&self) -> usize {
        match &self.bytes {
            Bytes::Inline { .. } => 0,
            Bytes::Boxed { bytes, .. } => bytes.len(),
        }
    }

    #[inline]
    fn as_wanted(&self) -> Wanted<'_> {
        let (key, tags) = self.bytes.parts();
        Wanted { function: self.function, key, tags }
    }
}

impl Bytes {
    /// `None` where they are too long.
    fn new(key: &[u8], tags: &[u8]) -> Option<Self> {
        let all = [key, tags].concat();
        let mut bytes = [0; INLINE];
        Some(match bytes.get_mut(..all.len()) {
            Some(place) => {
                place.copy_from_slice(&all);
                let (len, tags) = (all.len().try_into().ok()?, key.len().try_into().ok()?);
                Self::Inline { len, tags, bytes }
            }
            None => Self::Boxed { tags: key.len().try_into().ok()?, bytes: all.into() },
        })
    }

    #[inline]
    fn parts(&self) -> (&[u8], &[u8]) {
        match self {
            Self::Inline { len, tags, bytes } => {
                bytes[..usize::from(*len)].split_at(usize::from(*tags))
            }
            Self::Boxed { tags, bytes } => bytes.split_at(*tags as usize),
        }
    }
}

impl Hash for Wanted<'_> {
    #[inline(always)]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.function);
        // All keys of a function begin alike; and to read that together with an argument, which was written just before and
        // not together with it, takes the processor as long as all else here. What is alike is compared.
        let key = self.key.get(2..).unwrap_or(self.key);
        match Ends::of(key) {
            Ends::Short([first, last]) => {
                state.write_u128(u128::from(first) | u128::from(last) << 64);
            }
            Ends::Other => state.write(key),
        }
        if !self.tags.is_empty() {
            state.write(self.tags);
        }
    }
}

impl Hash for Place {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_wanted().hash(state);
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        other.as_wanted().equivalent(self)
    }
}

impl Eq for Place {}

impl Equivalent<Place> for Wanted<'_> {
    #[inline(always)]
    fn equivalent(&self, place: &Place) -> bool {
        let Wanted { function, key, tags } = place.as_wanted();
        self.function == function
            && is_same(self.key, key)
            && self.tags.len() == tags.len()
            && (tags.is_empty() || is_same(self.tags, tags))
    }
}

/// As `==`, which calls the C library: that compares with masked vectors, and with a few bytes that were written just
/// before takes 100 ns where the processor is one of AMD's.
#[inline(always)]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && match (Ends::of(one), Ends::of(other)) {
            (Ends::Short(one), Ends::Short(other)) => one == other,
            _ => are_same_words(one, other),
        }
}

fn are_same_words(one: &[u8], other: &[u8]) -> bool {
    let ((words, _), (others, _)) = (one.as_chunks(), other.as_chunks());
    let is_same = |(one, other): (&[u8; 8], &[u8; 8])| word(*one) == word(*other);
    words.iter().zip(others).all(is_same)
        && match (one.last_chunk(), other.last_chunk()) {
            (Some(one), Some(other)) => word(*one) == word(*other),
            // Of fewer than eight bytes.
            _ => one.iter().eq(other),
        }
}

/// A short text as numbers, which a processor reads at once.
#[derive(PartialEq, Eq)]
enum Ends {
    /// The first and the last bytes of 4 to 16. They may overlap.
    Short([u64; 2]),
    /// Any other.
    Other,
}

impl Ends {
    #[inline(always)]
    fn of(bytes: &[u8]) -> Self {
        let half = |bytes: &[u8; 4]| u64::from(u32::from_ne_bytes(*bytes));
        match bytes.len() {
            4..=8 => match (bytes.first_chunk(), bytes.last_chunk()) {
                (Some(first), Some(last)) => Self::Short([half(first), half(last)]),
                _ => Self::Other,
            },
            9..=16 => match (bytes.first_chunk(), bytes.last_chunk()) {
                (Some(first), Some(last)) => Self::Short([word(*first), word(*last)]),
                _ => Self::Other,
            },
            _ => Self::Other,
        }
    }
}

#[inline]
fn word(bytes: [u8; 8]) -> u64 {
    u64::from_ne_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::*;
    use crate::local::hashing::Hashing;

    #[test]
    fn bytes_of_all_lengths_are_told_apart() {
        let all: Vec<u8> = (0..70).collect();
        for len in 0..all.len() {
            let (one, same) = (&all[..len], all[..len].to_vec());
            assert!(is_same(one, &same), "{len}");
            assert!(!is_same(one, &all[..=len]), "{len}");
            for at in 0..len {
                let mut other = one.to_vec();
                other[at] ^= 0x80;
                assert!(!is_same(one, &other), "{len}: byte {at}");
            }
        }
    }

    #[test]
    fn a_place_is_found_by_what_it_was_made_of() {
        static FUNCTION: Function = Function::new("f", "", "", "key.rs", 1, 1);
        for len in 0..40 {
            let (key, tags) = (vec![1; len], vec![2; len / 2]);
            let wanted = Wanted::new(&FUNCTION, &key, &tags);
            let place = wanted.to_place().unwrap();
            assert!(wanted.equivalent(&place), "{len}");
            let others = [(&key[..], &[3][..]), (&[3], &tags)];
            for (key, tags) in others {
                assert!(!Wanted::new(&FUNCTION, key, tags).equivalent(&place), "{len}");
            }
            let hasher = Hashing::default();
            assert_eq!(hasher.hash_one(wanted), hasher.hash_one(&place), "{len}");
        }
    }
}
