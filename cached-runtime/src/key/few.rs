//! Bytes that take no allocation while they are few.

use std::fmt;
use std::ops::Deref;

use arrayvec::ArrayVec;

/// Up to `N` bytes in place, more of them on the heap.
pub(super) enum Few<const N: usize> {
    Inline(ArrayVec<u8, N>),
    Spilled(Vec<u8>),
}

impl<const N: usize> Few<N> {
    pub(super) fn new() -> Self {
        Self::Inline(ArrayVec::new())
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        match self {
            Self::Inline(few) => {
                if few.try_extend_from_slice(bytes).is_err() {
                    *self = Self::Spilled([few, bytes].concat());
                }
            }
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

    fn deref(&self) -> &[u8] {
        match self {
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
