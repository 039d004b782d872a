//! A part of a key that is too long to be carried: BLAKE3 takes it, without an intermediate string.

use super::sink::Sink;

/// Bytes that are hashed in one go; of more, as many at a time. A `blake3::Hasher` is 1.9 KB to set up, and few
/// argument lists are longer.
const AT_ONCE: usize = 512;

/// A keyed hash in the making.
pub(super) struct Long {
    key: [u8; 32],
    buffer: Vec<u8>,
    hasher: Option<Box<blake3::Hasher>>,
}

impl Long {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self { key, buffer: Vec::with_capacity(AT_ONCE), hasher: None }
    }

    pub(super) fn finish(self) -> blake3::Hash {
        match self.hasher {
            None => blake3::keyed_hash(&self.key, &self.buffer),
            Some(mut hasher) => hasher.update(&self.buffer).finalize(),
        }
    }
}

impl Sink for Long {
    fn put(&mut self, bytes: &[u8]) {
        if self.buffer.len() + bytes.len() <= AT_ONCE {
            self.buffer.extend_from_slice(bytes);
            return;
        }
        let new = || Box::new(blake3::Hasher::new_keyed(&self.key));
        self.hasher.get_or_insert_with(new).update(&self.buffer).update(bytes);
        self.buffer.clear();
    }
}
