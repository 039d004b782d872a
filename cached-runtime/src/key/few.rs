//! Bytes that take no allocation while they are few.

use std::fmt;
use std::ops::{Deref, DerefMut};

/// Up to `N` bytes in place, more of them on the heap.
pub(super) enum Few<const N: usize> {
    Inline(Inline<N>),
    Spilled(Vec<u8>),
}

pub(super) struct Inline<const N: usize> {
    len: u8,
    bytes: [u8; N],
}

impl<const N: usize> Few<N> {
    #[inline]
    pub(super) fn new() -> Self {
        const { assert!(N <= 255, "the length is a byte") };
        Self::Inline(Inline { len: 0, bytes: [0; N] })
    }

    #[inline]
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        if !self.fits(bytes) {
            self.spill(bytes);
        }
    }

    /// Appends the bytes if that takes no allocation.
    #[inline]
    pub(super) fn fits(&mut self, bytes: &[u8]) -> bool {
        let Self::Inline(Inline { len, bytes: all }) = self else { return false };
        let Some(room) =
            all.get_mut(usize::from(*len)..).and_then(|room| room.get_mut(..bytes.len()))
        else {
            return false;
        };
        room.copy_from_slice(bytes);
        *len += bytes.len().to_le_bytes()[0];
        true
    }

    /// As [`fits`](Self::fits), for the first `count` of the bytes. A copy of a fixed size is a few instructions, one of
    /// another a call; so it may take more room.
    #[inline]
    pub(super) fn fits_first<const M: usize>(&mut self, count: u8, bytes: [u8; M]) -> bool {
        let Self::Inline(Inline { len, bytes: all }) = self else { return false };
        let room = all.get_mut(usize::from(*len)..).and_then(<[u8]>::first_chunk_mut);
        let Some(room) = room else { return false };
        *room = bytes;
        *len += count;
        true
    }

    pub(super) fn truncate(&mut self, at: usize) {
        match self {
            Self::Inline(few) => few.len = few.len.min(at.to_le_bytes()[0]),
            Self::Spilled(many) => many.truncate(at),
        }
    }

    #[cold]
    fn spill(&mut self, bytes: &[u8]) {
        match self {
            Self::Inline(_) => *self = Self::Spilled([self, bytes].concat()),
            Self::Spilled(many) => many.extend_from_slice(bytes),
        }
    }

    #[cfg(test)]
    pub(super) fn is_inline(&self) -> bool {
        matches!(self, Self::Inline(_))
    }
}

impl<const N: usize> Deref for Few<N> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Self::Inline(Inline { len, bytes }) => &bytes[..(*len).into()],
            Self::Spilled(many) => many,
        }
    }
}

impl<const N: usize> DerefMut for Few<N> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Inline(Inline { len, bytes }) => &mut bytes[..(*len).into()],
            Self::Spilled(many) => many,
        }
    }
}

impl<const N: usize> fmt::Write for Few<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.extend(text.as_bytes());
        Ok(())
    }
}

#[test]
fn it_holds_what_was_put_wherever_it_is() {
    let mut few = Few::<4>::new();
    for (piece, whole) in
        [("ab", "ab"), ("cd", "abcd"), ("", "abcd"), ("e", "abcde"), ("f", "abcdef")]
    {
        few.extend(piece.as_bytes());
        assert_eq!(&*few, whole.as_bytes());
        assert_eq!(few.is_inline(), whole.len() <= 4);
    }
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let mut few = Few::<4>::new();
    assert!(few.fits(b"a") && few.fits_first(1, *b"bxx") && !few.fits_first(1, *b"cxx"));
    assert!(!few.fits(b"xyz"));
    assert_eq!(&*few, b"ab");
    few.truncate(1);
    assert_eq!(&*few, b"a");
    few.extend(b"bcdef");
    few.truncate(5);
    assert_eq!(&*few, b"abcde");
}
