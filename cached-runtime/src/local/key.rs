//! What a kept value is found by: the function, its arguments as they are encoded, and its tags. No slot's name need be
//! worked out for it, and no digest.

use std::hash::{Hash, Hasher};
use std::ptr;

use quick_cache::Equivalent;

use crate::key::{Function, Key, TagNames};

/// A key in the tier. Small, as there are many.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    function: usize,
    /// The key, and then the tags that the arguments name: arguments that are no part of the key may be in them.
    bytes: Box<[u8]>,
    /// Where the tags begin.
    tags: u32,
}

/// A key to look up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Where its attribute's static is: no other is there.
    function: usize,
    key: &'a [u8],
    tags: &'a [u8],
}

impl<'a> Wanted<'a> {
    /// `None` where the arguments are no key.
    #[inline]
    pub(crate) fn new(
        function: &'static Function,
        key: &'a Key,
        tags: &'a TagNames,
    ) -> Option<Self> {
        Some(Self {
            function: ptr::from_ref(function).addr(),
            key: key.bytes()?,
            tags: tags.bytes(),
        })
    }

    /// `None` where they are too long to be kept.
    pub(crate) fn to_place(self) -> Option<Place> {
        let Self { function, key, tags } = self;
        let bytes = [key, tags].concat().into();
        Some(Place { function, bytes, tags: key.len().try_into().ok()? })
    }
}

impl Place {
    /// Of what it has in memory of its own, in bytes.
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    fn as_wanted(&self) -> Wanted<'_> {
        let (key, tags) = self.bytes.split_at(self.tags as usize);
        Wanted { function: self.function, key, tags }
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
        self.function == function && self.key == key && self.tags == tags
    }
}
