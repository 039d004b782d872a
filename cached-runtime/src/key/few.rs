//! Bytes that take no allocation while they are few.

use std::fmt;
use std::ops::{Deref, DerefMut};

use arrayvec::ArrayVec;

use super::short::Short;

/// Up to `N` bytes in place, more of them on the heap.
pub(crate) enum Few<const N: usize> {
    Short(Short),
    Inline(ArrayVec<u8, N>),
    Spilled(Vec<u8>),
}

impl<const N: usize> Few<N> {
    #[inline]
    pub(super) fn new() -> Self {
        Self::Short(Short::new())
    }

    /// If they are as few as that.
    #[inline(always)]
    pub(crate) fn short(&self) -> Option<&Short> {
        match self {
            Self::Short(short) => Some(short),
            _ => None,
        }
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
            Self::Short(short) => short.push(bytes) || self.grow(bytes),
            Self::Inline(few) => few.try_extend_from_slice(bytes).is_ok(),
            Self::Spilled(_) => false,
        }
    }

    /// As [`fits`](Self::fits), for the lowest `count` bytes of a number whose other bytes are zero.
    #[inline]
    pub(super) fn fits_first(&mut self, count: u8, number: u128) -> bool {
        if let Self::Short(short) = self
            && short.push_first(count, number)
        {
            return true;
        }
        self.fits(&number.to_le_bytes()[..count.into()])
    }

    fn grow(&mut self, bytes: &[u8]) -> bool {
        let mut grown = ArrayVec::new();
        let fits = [self, bytes].iter().all(|part| grown.try_extend_from_slice(part).is_ok());
        if fits {
            *self = Self::Inline(grown);
        }
        fits
    }

    pub(super) fn truncate(&mut self, at: usize) {
        match self {
            Self::Short(short) => short.truncate(at),
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

impl<const N: usize> Deref for Few<N> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Self::Short(short) => short.bytes(),
            Self::Inline(few) => few,
            Self::Spilled(many) => many,
        }
    }
}

impl<const N: usize> DerefMut for Few<N> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Short(short) => short.bytes_mut(),
            Self::Inline(few) => few,
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

#[cfg(test)]
impl<const N: usize> From<&[u8]> for Few<N> {
    fn from(bytes: &[u8]) -> Self {
        let mut few = Self::new();
        few.extend(bytes);
        few
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

/// Whatever was done to them: nothing is left behind of what was there before.
#[test]
fn the_same_bytes_are_the_same_key() {
    let byte = || if fastrand::bool() { 0 } else { fastrand::u8(..) };
    for _ in 0..20_000 {
        let (mut few, mut all) = (Few::<40>::new(), Vec::new());
        for _ in 0..fastrand::usize(..8) {
            let bytes: Vec<u8> = (0..fastrand::usize(..20)).map(|_| byte()).collect();
            match fastrand::u8(..5) {
                0 => {
                    few.extend(&bytes);
                    all.extend(&bytes);
                }
                1 if few.fits(&bytes) => all.extend(&bytes),
                2 => {
                    let number = u64::from_le_bytes(std::array::from_fn(|_| byte()));
                    let count = fastrand::u8(8..=16);
                    if few.fits_first(count, number.into()) {
                        all.extend(&u128::from(number).to_le_bytes()[..count.into()]);
                    }
                }
                3 => {
                    let at = fastrand::usize(..=all.len());
                    few.truncate(at);
                    all.truncate(at);
                }
                _ => {
                    if let (Some(one), Some(other)) = (few.last_mut(), all.last_mut()) {
                        (*one, *other) =
                            (bytes.len().to_le_bytes()[0], bytes.len().to_le_bytes()[0]);
                    }
                }
            }
            assert_eq!(&*few, &all[..]);
            let whole = Few::<40>::from(&all[..]);
            if let Some(short) = few.short() {
                assert!(whole.short() == Some(short), "{all:?}");
                let other = [&all[..], &[0]].concat();
                assert!(Few::<40>::from(&other[..]).short() != Some(short), "{all:?}");
            }
        }
    }
}
