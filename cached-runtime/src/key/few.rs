//! Bytes that take no allocation while they are few.

use std::fmt;
use std::ops::{Deref, DerefMut};

/// Up to `N` bytes in place, more of them on the heap.
pub(super) enum Few<const N: usize> {
    /// To make room for `N` bytes costs as much as all else that is done with few.
    Tiny(Inline<TINY>),
    Inline(Inline<N>),
    Spilled(Vec<u8>),
}

const TINY: usize = 32;

pub(super) struct Inline<const N: usize> {
    len: u8,
    bytes: [u8; N],
}

impl<const N: usize> Few<N> {
    #[inline]
    pub(super) fn new() -> Self {
        Self::Tiny(Inline::new())
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
        match self {
            Self::Tiny(tiny) => tiny.fits(bytes) || self.grow(bytes),
            Self::Inline(few) => few.fits(bytes),
            Self::Spilled(_) => false,
        }
    }

    /// As [`fits`](Self::fits), for the lowest `count` bytes of a number. It is written at once, out of a register.
    #[inline]
    pub(super) fn fits_first(&mut self, count: u8, bytes: u128) -> bool {
        if let Self::Tiny(tiny) = self
            && tiny.fits_first(count, bytes)
        {
            return true;
        }
        self.fits(&bytes.to_le_bytes()[..count.into()])
    }

    fn grow(&mut self, bytes: &[u8]) -> bool {
        let mut grown = Inline::new();
        let fits = grown.fits(self) && grown.fits(bytes);
        if fits {
            *self = Self::Inline(grown);
        }
        fits
    }

    pub(super) fn truncate(&mut self, at: usize) {
        match self {
            Self::Tiny(tiny) => tiny.truncate(at),
            Self::Inline(few) => few.truncate(at),
            Self::Spilled(many) => many.truncate(at),
        }
    }

    #[cold]
    fn spill(&mut self, bytes: &[u8]) {
        match self {
            Self::Spilled(many) => many.extend_from_slice(bytes),
            _ => *self = Self::Spilled([self, bytes].concat()),
        }
    }

    #[cfg(test)]
    pub(super) fn is_inline(&self) -> bool {
        !matches!(self, Self::Spilled(_))
    }
}

impl<const N: usize> Inline<N> {
    #[inline]
    fn new() -> Self {
        const { assert!(N <= 255, "the length is a byte") };
        Self { len: 0, bytes: [0; N] }
    }

    #[inline]
    fn fits(&mut self, bytes: &[u8]) -> bool {
        let room = self.bytes.get_mut(usize::from(self.len)..);
        let Some(room) = room.and_then(|room| room.get_mut(..bytes.len())) else { return false };
        room.copy_from_slice(bytes);
        self.len += bytes.len().to_le_bytes()[0];
        true
    }

    /// It may take more room than they need.
    #[inline]
    fn fits_first(&mut self, count: u8, bytes: u128) -> bool {
        let room = self.bytes.get_mut(usize::from(self.len)..);
        let Some(room) = room.and_then(<[u8]>::first_chunk_mut) else { return false };
        *room = bytes.to_le_bytes();
        self.len += count;
        true
    }

    fn truncate(&mut self, at: usize) {
        self.len = self.len.min(at.to_le_bytes()[0]);
    }
}

impl<const N: usize> Deref for Few<N> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Self::Tiny(Inline { len, bytes }) => &bytes[..(*len).into()],
            Self::Inline(Inline { len, bytes }) => &bytes[..(*len).into()],
            Self::Spilled(many) => many,
        }
    }
}

impl<const N: usize> DerefMut for Few<N> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Tiny(Inline { len, bytes }) => &mut bytes[..(*len).into()],
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
    let all: Vec<u8> = (0..=200).collect();
    for step in 1..=70 {
        let mut few = Few::<100>::new();
        let mut count = 0;
        for piece in all.chunks(step) {
            few.extend(piece);
            count += piece.len();
            assert_eq!(&*few, &all[..count]);
            assert_eq!(few.is_inline(), count <= 100);
        }
        few.truncate(7);
        assert_eq!(&*few, &all[..7]);
    }
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let mut few = Few::<40>::new();
    assert!(few.fits(b"a") && few.fits_first(1, b'b'.into()));
    assert!(!few.fits(&[0; 39]));
    assert_eq!(&*few, b"ab");
    assert!(few.fits(&[1; 37]) && few.fits_first(1, b'z'.into()));
    assert!(!few.fits_first(1, b'z'.into()));
    assert_eq!(few.len(), 40);
    few.truncate(3);
    assert_eq!(&*few, b"ab\x01");
}
