use std::ops::Deref;
use std::sync::Arc;

use super::Counters;

/// One function, as a cache knows it.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) path: &'static str,
    pub(crate) counters: Counters,
    /// Where the function stands that came first and would name its entries alike. Rust allows it: two functions
    /// of one name in two blocks of one function have the same path.
    pub(crate) clash: Option<String>,
}

/// A reference to a [`Known`]. For the first cache that a function was used with, and most have no other, it takes
/// no atomic write: with those, cores that call one function would wait for each other.
pub(crate) enum KnownRef {
    First(&'static Known),
    Later(Arc<Known>),
}

impl Deref for KnownRef {
    type Target = Known;

    #[inline]
    fn deref(&self) -> &Known {
        match self {
            Self::First(known) => known,
            Self::Later(known) => known,
        }
    }
}
