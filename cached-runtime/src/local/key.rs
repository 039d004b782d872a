//! What a kept value is found by: the function, its arguments as they are encoded, and its tags. No slot's name need be
//! worked out for it, and no digest.

use std::hash::{Hash, Hasher};
use std::ptr;

use quick_cache::Equivalent;

use crate::key::Function;

/// A key in the tier. Small, as there are many.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    function: usize,
    /// The key, and then the tags that the arguments name: arguments that are no part of the key may be in them.
    bytes: Bytes,
    /// Where the tags begin.
    tags: u32,
}

/// Short ones in place: that spares a look elsewhere, and memory too.
#[derive(Debug, Clone)]
enum Bytes {
    Inline { len: u8, bytes: [u8; INLINE] },
    Boxed(Box<[u8]>),
}

/// As much as an enum with a boxed slice has room for.
const INLINE: usize = 22;

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
        let bytes = Bytes::new(&[key, tags].concat());
        Some(Place { function, bytes, tags: key.len().try_into().ok()? })
    }
}

impl Place {
    /// Of what it has in memory of its own, in bytes.
    pub(super) fn size(&self) -> usize {
        match &self.bytes {
            Bytes::Inline { .. } => 0,
            Bytes::Boxed(bytes) => bytes.len(),
        }
    }

    #[inline]
    fn as_wanted(&self) -> Wanted<'_> {
        let (key, tags) = self.bytes.as_slice().split_at(self.tags as usize);
        Wanted { function: self.function, key, tags }
    }
}

impl Bytes {
    fn new(all: &[u8]) -> Self {
        let mut bytes = [0; INLINE];
        match (u8::try_from(all.len()), bytes.get_mut(..all.len())) {
            (Ok(len), Some(place)) => {
                place.copy_from_slice(all);
                Self::Inline { len, bytes }
            }
            _ => Self::Boxed(all.into()),
        }
    }

    #[inline]
    fn as_slice(&self) -> &[u8] {
        match self {
            Self::Inline { len, bytes } => &bytes[..(*len).into()],
            Self::Boxed(bytes) => bytes,
        }
    }
}

impl Hash for Wanted<'_> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The lengths part the two well enough: what is alike is compared.
        state.write_usize(self.function);
        state.write(self.key);
        state.write(self.tags);
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
    #[inline]
    fn equivalent(&self, place: &Place) -> bool {
        let Wanted { function, key, tags } = place.as_wanted();
        self.function == function && is_same(self.key, key) && is_same(self.tags, tags)
    }
}

/// As `==`, which calls the C library: that compares with masked vectors, and with a few bytes that were written just
/// before takes 100 ns where the processor is one of AMD's.
#[inline]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let ((words, rest), (other_words, other_rest)) = (one.as_chunks(), other.as_chunks());
    let are_same = |(one, other)| word(one) == word(other);
    one.len() == other.len()
        && words.iter().zip(other_words).all(are_same)
        && rest.iter().zip(other_rest).all(|(one, other)| one == other)
}

#[inline]
fn word(bytes: &[u8; 8]) -> u64 {
    u64::from_ne_bytes(*bytes)
}
