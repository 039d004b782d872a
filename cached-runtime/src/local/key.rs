//! What a kept value is found by: the function, its arguments as they are encoded, and its tags. No slot's name need be
//! worked out for it, and no digest.

use std::hash::{Hash, Hasher};
use std::ptr;

use quick_cache::Equivalent;

use crate::key::{Carried, Function, Short};

/// A key in the tier. Small, as there are many.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Where its attribute's static is: no other is there.
    function: usize,
    text: Text,
}

#[derive(Debug, Clone)]
enum Text {
    /// A key without tags.
    Short(Short),
    /// The key, and then, from `tags` on, the tags.
    Long { tags: u32, bytes: Box<[u8]> },
}

/// A key to look up.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    function: &'static Function,
    key: &'a Carried,
    /// Those that the arguments name: arguments that are no part of the key may be in them.
    tags: &'a [u8],
}

impl<'a> Wanted<'a> {
    /// Of a [key](crate::key::Key::carried) and [tags](crate::key::TagNames::bytes).
    #[inline]
    pub(crate) fn new(function: &'static Function, key: &'a Carried, tags: &'a [u8]) -> Self {
        Self { function, key, tags }
    }

    #[inline]
    pub(crate) fn function(&self) -> &'static Function {
        self.function
    }

    #[inline]
    fn address(&self) -> usize {
        ptr::from_ref(self.function).addr()
    }

    /// `None` where it is too long.
    pub(crate) fn to_place(self) -> Option<Place> {
        let text = match self.short() {
            Some(short) => Text::Short(*short),
            None => Text::Long {
                tags: self.key.len().try_into().ok()?,
                bytes: [self.key, self.tags].concat().into(),
            },
        };
        Some(Place { function: self.address(), text })
    }

    /// Apart, so that it takes no registers where keys are short.
    #[inline(never)]
    fn is_made_of(&self, bytes: &[u8], tags: u32) -> bool {
        let (key, tags) = bytes.split_at(tags as usize);
        is_same(self.key, key) && is_same(self.tags, tags)
    }

    #[inline(always)]
    fn short(&self) -> Option<&'a Short> {
        if self.tags.is_empty() { self.key.short() } else { None }
    }
}

impl Place {
    /// Of what it has in memory of its own, in bytes.
    pub(super) fn size(&self) -> usize {
        match &self.text {
            Text::Short(_) => 0,
            Text::Long { bytes, .. } => bytes.len(),
        }
    }
}

impl Hash for Wanted<'_> {
    #[inline(always)]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.address());
        match self.short() {
            Some(short) => short.hash(state),
            None => hash_parts(self.key, self.tags, state),
        }
    }
}

impl Hash for Place {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.function);
        match &self.text {
            Text::Short(short) => short.hash(state),
            Text::Long { tags, bytes } => {
                let (key, tags) = bytes.split_at(*tags as usize);
                hash_parts(key, tags, state);
            }
        }
    }
}

/// Apart, so that it takes no registers where keys are short.
#[inline(never)]
fn hash_parts(key: &[u8], tags: &[u8], state: &mut impl Hasher) {
    state.write(key);
    state.write(tags);
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.function == other.function
            && match (&self.text, &other.text) {
                (Text::Short(short), Text::Short(other)) => short == other,
                (Text::Long { tags, bytes }, Text::Long { tags: other, bytes: others }) => {
                    tags == other && bytes == others
                }
                _ => false,
            }
    }
}

impl Eq for Place {}

impl Equivalent<Place> for Wanted<'_> {
    #[inline(always)]
    fn equivalent(&self, place: &Place) -> bool {
        self.address() == place.function
            && match (self.short(), &place.text) {
                (Some(short), Text::Short(other)) => short == other,
                (None, Text::Long { tags, bytes }) => self.is_made_of(bytes, *tags),
                _ => false,
            }
    }
}

/// As `==`, which calls the C library: that compares with masked vectors, and with a few bytes that were written just
/// before takes 100 ns where the processor is one of AMD's.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let ((words, _), (others, _)) = (one.as_chunks(), other.as_chunks());
    let is_same = |(one, other): (&[u8; 8], &[u8; 8])| word(*one) == word(*other);
    one.len() == other.len()
        && words.iter().zip(others).all(is_same)
        && match (one.last_chunk(), other.last_chunk()) {
            (Some(one), Some(other)) => word(*one) == word(*other),
            // Of fewer than eight bytes.
            _ => one.iter().eq(other),
        }
}

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
        let carried = |bytes: &[u8]| Carried::from(bytes);
        for (len, tags) in (0..40).flat_map(|len| [(len, &[][..]), (len, &[2; 3])]) {
            let key = carried(&vec![1; len]);
            let wanted = Wanted::new(&FUNCTION, &key, tags);
            let place = wanted.to_place().unwrap();
            assert!(wanted.equivalent(&place), "{len}");
            for (key, tags) in
                [(&key, &[3][..]), (&carried(&[3]), tags), (&carried(&vec![1; len + 1]), tags)]
            {
                assert!(!Wanted::new(&FUNCTION, key, tags).equivalent(&place), "{len}");
            }
            let hasher = Hashing::default();
            assert_eq!(hasher.hash_one(wanted), hasher.hash_one(&place), "{len}");
        }
    }
}
