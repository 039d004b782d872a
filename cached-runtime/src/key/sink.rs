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
        self.put(number.bytes());
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// An encoded integer: a tag, how many bytes follow, and these.
pub(super) struct Number {
    len: u8,
    padded: [u8; 18],
}

impl Number {
    #[inline]
    pub(super) fn new(tag: u8, magnitude: u128) -> Self {
        let skipped = magnitude.leading_zeros() / 8;
        let count = 16 - skipped.to_le_bytes()[0];
        let mut padded = [0; 18];
        padded[0] = tag;
        padded[1] = count;
        // Zero has no bytes, and all 128 bits are to be skipped.
        let first = magnitude.checked_shl(8 * skipped).unwrap_or(0);
        padded[2..].copy_from_slice(&first.to_be_bytes());
        Self { len: 2 + count, padded }
    }

    #[inline]
    pub(super) fn len(&self) -> u8 {
        self.len
    }

    /// Zeros follow the encoding.
    #[inline]
    pub(super) fn padded(&self) -> [u8; 18] {
        self.padded
    }

    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.padded[..self.len.into()]
    }
}
