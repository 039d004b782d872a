//! A few bytes as one number: these are put together, compared and hashed at once, without a look elsewhere.

use std::hash::{Hash, Hasher};

/// As many as a number holds.
pub(super) const LONGEST: usize = 16;

/// Up to 16 bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Short {
    /// Zeros follow what there is.
    bytes: [u8; LONGEST],
    len: u8,
}

impl Short {
    /// As many zeros, of 16 at most.
    #[inline]
    pub(super) fn zeros(count: u8) -> Self {
        Self { bytes: [0; LONGEST], len: count }
    }

    #[inline]
    fn number(&self) -> u128 {
        u128::from_le_bytes(self.bytes)
    }

    /// Appends the bytes if there is room.
    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8]) -> bool {
        number(bytes).is_some_and(|number| self.push_first(bytes.len().to_le_bytes()[0], number))
    }

    /// As [`push`](Self::push), for the lowest `count` bytes of a number whose other bytes are zero.
    #[inline]
    pub(super) fn push_first(&mut self, count: u8, number: u128) -> bool {
        let len = self.len + count;
        let fits = usize::from(len) <= LONGEST;
        if fits {
            let number = number.checked_shl(8 * u32::from(self.len)).unwrap_or(0);
            self.bytes = (self.number() | number).to_le_bytes();
            self.len = len;
        }
        fits
    }

    pub(super) fn truncate(&mut self, at: usize) {
        self.len = self.len.min(at.min(LONGEST).to_le_bytes()[0]);
        self.bytes[self.len.into()..].fill(0);
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len.into()]
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.len.into()]
    }
}

impl PartialEq for Short {
    /// As derived it would compare memory. That is done with vectors, and where the numbers were written just before, the
    /// processor waits for them.
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        let (one, two) = (self.number() ^ other.number(), u128::from(self.len ^ other.len));
        one | two == 0
    }
}

impl Eq for Short {}

impl Hash for Short {
    /// The length makes no difference but for what ends in zeros.
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.number());
    }
}

/// The bytes as a number, if there are not too many. To copy them calls the C library, which takes as long as all else that
/// is done with few.
#[inline]
fn number(bytes: &[u8]) -> Option<u128> {
    let byte = |at: usize| u128::from(bytes[at]);
    let quarter = |bytes: &[u8; 4]| u128::from(u32::from_le_bytes(*bytes));
    let half = |bytes: &[u8; 8]| u128::from(u64::from_le_bytes(*bytes));
    // The first and the last bytes of them, which may overlap.
    Some(match bytes.len() {
        0 => 0,
        len @ 1..=3 => {
            byte(0) | byte(len / 2) << (8 * (len / 2)) | byte(len - 1) << (8 * (len - 1))
        }
        len @ 4..=8 => {
            quarter(bytes.first_chunk()?) | quarter(bytes.last_chunk()?) << (8 * (len - 4))
        }
        len @ 9..=LONGEST => {
            half(bytes.first_chunk()?) | half(bytes.last_chunk()?) << (8 * (len - 8))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_was_pushed() {
        let all: Vec<u8> = (1..=LONGEST.to_le_bytes()[0]).collect();
        for len in 0..=LONGEST {
            for cut in 0..=len {
                let mut short = Short::zeros(0);
                assert!(short.push(&all[..cut]) && short.push(&all[cut..len]));
                assert_eq!(short.bytes(), &all[..len], "{cut}");
                let mut whole = Short::zeros(0);
                assert!(whole.push(&all[..len]) && whole == short);
                assert_eq!(short.push(&all), len == 0, "there is no room");
                assert_eq!(short.bytes(), if len == 0 { &all } else { &all[..len] });
            }
        }
        assert!(!Short::zeros(0).push(&[0; LONGEST + 1]));
    }

    #[test]
    fn zeros_at_the_end_count() {
        let of = |bytes: &[u8]| {
            let mut short = Short::zeros(0);
            assert!(short.push(bytes));
            short
        };
        assert_ne!(of(&[1]), of(&[1, 0]));
        assert_ne!(of(&[]), of(&[0]));
        assert_ne!(of(&[1; 16]), of(&[1; 15]));
        let mut cut = of(&[1; 16]);
        cut.truncate(3);
        assert_eq!(cut, of(&[1; 3]));
        assert!(cut.push(&[2]) && cut == of(&[1, 1, 1, 2]));
        cut.truncate(256);
        assert_eq!(cut, of(&[1, 1, 1, 2]));
    }
}
