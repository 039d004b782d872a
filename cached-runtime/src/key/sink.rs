//! Where the canonical encoding goes: into BLAKE3, without an intermediate string.

/// Bytes that are hashed from one array; longer encodings stream through a hasher. Few argument lists are longer.
const INLINE: usize = 512;

/// Takes encoded bytes.
pub(super) trait Sink {
    fn put(&mut self, bytes: &[u8]);

    fn put_byte(&mut self, byte: u8) {
        self.put(&[byte]);
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// A keyed BLAKE3 hash in the making.
///
/// Short inputs stay in an inline buffer and are hashed in one go: a `blake3::Hasher` is 1.9 KB to set up,
/// several times the cost of hashing one number.
pub(super) struct HashSink {
    key: [u8; 32],
    buffer: [u8; INLINE],
    used: usize,
    overflow: Option<Box<blake3::Hasher>>,
}

impl HashSink {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self { key, buffer: [0; INLINE], used: 0, overflow: None }
    }

    pub(super) fn finish(&mut self) -> blake3::Hash {
        let rest = &self.buffer[..self.used];
        match &mut self.overflow {
            None => blake3::keyed_hash(&self.key, rest),
            Some(hasher) => hasher.update(rest).finalize(),
        }
    }

    /// Goes on with an empty input, under the hash of what was put so far, if anything was.
    pub(super) fn chain(&mut self) {
        if self.used > 0 || self.overflow.is_some() {
            self.key = *self.finish().as_bytes();
            self.used = 0;
            self.overflow = None;
        }
    }

    pub(super) fn key(&self) -> [u8; 32] {
        self.key
    }

    fn flush(&mut self) {
        let (used, buffer) = (self.used, self.buffer);
        self.hasher().update(&buffer[..used]);
        self.used = 0;
    }

    fn hasher(&mut self) -> &mut blake3::Hasher {
        let key = &self.key;
        self.overflow.get_or_insert_with(|| Box::new(blake3::Hasher::new_keyed(key)))
    }
}

impl Sink for HashSink {
    fn put(&mut self, bytes: &[u8]) {
        if let Some(room) = self.buffer.get_mut(self.used..self.used + bytes.len()) {
            room.copy_from_slice(bytes);
            self.used += bytes.len();
        } else {
            self.flush();
            self.hasher().update(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_and_streamed_hashes_agree_with_blake3() {
        let key = [7; 32];
        for len in [0, 1, INLINE - 1, INLINE, INLINE + 1, 3 * INLINE, 10_000] {
            let bytes: Vec<u8> = (0..=255).cycle().take(len).collect();
            let mut whole = HashSink::new(key);
            whole.put(&bytes);
            let mut pieces = HashSink::new(key);
            bytes.chunks(7).for_each(|piece| pieces.put(piece));
            let expected = blake3::keyed_hash(&key, &bytes);
            assert_eq!(whole.finish(), expected, "{len} bytes at once");
            assert_eq!(pieces.finish(), expected, "{len} bytes in pieces");
        }
    }
}
