//! Where the canonical encoding goes.

/// Takes encoded bytes.
pub(super) trait Sink {
    fn put(&mut self, bytes: &[u8]);

    #[inline]
    fn put_byte(&mut self, byte: u8) {
        self.put(&[byte]);
    }

    #[inline]
    fn put_number(&mut self, number: Number) {
        self.put(&number.bytes().to_le_bytes()[..number.len().into()]);
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// An encoded integer: a tag, how many bytes follow, and these, the first of which is not zero.
pub(super) struct Number {
    len: u8,
    bytes: u128,
}

impl Number {
    /// `None` for what is too large for it.
    #[inline]
    pub(super) fn new(tag: u8, magnitude: u128) -> Option<Self> {
        let magnitude = u64::try_from(magnitude).ok()?;
        let skipped = magnitude.leading_zeros() / 8;
        let count = 8 - skipped.to_le_bytes()[0];
        // Zero has no bytes, and all 64 bits are to be skipped.
        let bytes = magnitude.checked_shl(8 * skipped).unwrap_or(0).swap_bytes();
        let all = u128::from(tag) | u128::from(count) << 8 | u128::from(bytes) << 16;
        Some(Self { len: 2 + count, bytes: all })
    }

    /// How many bytes it has.
    #[inline]
    pub(super) fn len(&self) -> u8 {
        self.len
    }

    /// They are its lowest bytes; zeros follow.
    #[inline]
    pub(super) fn bytes(&self) -> u128 {
        self.bytes
    }
}
