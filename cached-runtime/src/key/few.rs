//! Bytes that take no allocation while they are few.

use std::fmt;
use std::ops::{Deref, DerefMut};

use arrayvec::ArrayVec;

use super::short::Short;

/// Up to `N` bytes in place, more of them on the heap.
pub(crate) struct Few<const N: usize> {
    more: More<N>,
    /// All of them, as long as there are no more.
    short: Short,
}

/// All of them, where they are too many for a [`Short`].
enum More<const N: usize> {
    None,
    Inline(ArrayVec<u8, N>),
    Spilled(Vec<u8>),
}

impl<const N: usize> Few<N> {
    #[inline]
    pub(super) fn new() -> Self {
        Self::zeros(0)
    }

    /// As many zeros, of 16 at most. To append them would be less quick: all of it would be put together, and then moved.
    #[inline]
    pub(super) fn zeros(count: u8) -> Self {
        Self { more: More::None, short: Short::zeros(count) }
    }

    /// If they are as few as that.
    #[inline(always)]
    pub(crate) fn short(&self) -> Option<&Short> {
        matches!(self.more, More::None).then_some(&self.short)
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
        match &mut self.more {
            More::None => self.short.push(bytes) || self.grow(bytes),
            More::Inline(few) => few.try_extend_from_slice(bytes).is_ok(),
            More::Spilled(_) => false,
        }
    }

    /// As [`fits`](Self::fits), for the lowest `count` bytes of a number whose other bytes are zero.
    #[inline]
    pub(super) fn fits_first(&mut self, count: u8, number: u128) -> bool {
        matches!(self.more, More::None) && self.short.push_first(count, number)
            || self.fits(&number.to_le_bytes()[..count.into()])
    }

    fn grow(&mut self, bytes: &[u8]) -> bool {
        let mut grown = ArrayVec::new();
        let fits = [self, bytes].iter().all(|part| grown.try_extend_from_slice(part).is_ok());
        if fits {
            self.more = More::Inline(grown);
        }
        fits
    }

    pub(super) fn truncate(&mut self, at: usize) {
        match &mut self.more {
            More::None => self.short.truncate(at),
            More::Inline(few) => few.truncate(at),
            More::Spilled(many) => many.truncate(at),
        }
    }

    #[cold]
    fn spill(&mut self, bytes: &[u8]) {
        match &mut self.more {
            More::Spilled(many) => many.extend_from_slice(bytes),
            _ => self.more = More::Spilled([self, bytes].concat()),
        }
    }

    #[cfg(test)]
    pub(super) fn is_inline(&self) -> bool {
        !matches!(self.more, More::Spilled(_))
    }
}

impl<const N: usize> Deref for Few<N> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match &self.more {
            More::None => self.short.bytes(),
            More::Inline(few) => few,
            More::Spilled(many) => many,
        }
    }
}

impl<const N: usize> DerefMut for Few<N> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        match &mut self.more {
            More::None => self.short.bytes_mut(),
            More::Inline(few) => few,
            More::Spilled(many) => many,
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
