//! The encoding of a key in the making: first that of the instance, then that of the arguments.
//!
//! A short one is not hashed here: only the name of a slot needs a hash, and a call that the local tier answers needs
//! no name. A long one streams into BLAKE3, without an intermediate string.

use arrayvec::ArrayVec;

use super::few::Few;
use super::finished::{CARRIED, ENCODED, Part, READABLE};
use super::sink::Sink;
use super::template::Template;
use super::{Function, instance};

/// Bytes that are hashed from one array; longer encodings stream through a hasher. Few argument lists are longer.
const INLINE: usize = 512;

/// What makes a key, as [`Part::Encoded`] has it, as long as there is room for that.
pub(super) struct Encoding {
    function: &'static Function,
    buffer: ArrayVec<u8, INLINE>,
    /// Where in the buffer that begins which is put now: the instance, then the arguments.
    start: usize,
    /// Takes what is put now, once the buffer was full. It is 1.9 KB to set up, several times the cost of hashing one
    /// number.
    overflow: Option<Box<blake3::Hasher>>,
}

impl Encoding {
    #[inline]
    pub(super) fn new(function: &'static Function) -> Self {
        let mut buffer = ArrayVec::new();
        buffer.push(ENCODED);
        // The length of the instance, of which nothing is known yet.
        buffer.push(0);
        Self { function, start: buffer.len(), buffer, overflow: None }
    }

    /// The arguments begin.
    #[inline]
    pub(super) fn end_instance(&mut self) {
        match u8::try_from(self.buffer.len() - self.start) {
            Ok(len) if len <= instance::LONGEST && self.overflow.is_none() => self.buffer[1] = len,
            _ => self.hash_instance(),
        }
        self.start = self.buffer.len();
    }

    /// The last part of a slot's name that has the hash of all this.
    #[inline]
    pub(super) fn finish(mut self) -> Part {
        let mut all = ArrayVec::new();
        if self.overflow.is_none() && all.try_extend_from_slice(&self.buffer).is_ok() {
            Part::Encoded(all)
        } else {
            Part::digest(&self.hash())
        }
    }

    /// The last part of a slot's name that has a text for the arguments.
    pub(super) fn finish_readable(self, text: &Template) -> Part {
        let mut all = Few::<CARRIED>::new();
        all.extend(&[READABLE]);
        all.extend(&self.buffer[1..self.start]);
        text.push_to(&mut all);
        Part::Readable(all)
    }

    fn hash_instance(&mut self) {
        let hash = self.hash();
        self.overflow = None;
        self.buffer.truncate(1);
        self.buffer.push(instance::HASHED);
        self.buffer.extend(*hash.as_bytes());
    }

    /// The hash of what was put since the start.
    fn hash(&mut self) -> blake3::Hash {
        let rest = &self.buffer[self.start..];
        match &mut self.overflow {
            None => blake3::keyed_hash(&self.key(), rest),
            Some(hasher) => hasher.update(rest).finalize(),
        }
    }

    /// The instance is hashed under the function, the arguments are under the instance.
    fn key(&self) -> [u8; 32] {
        instance::key(self.function, &self.buffer[1..self.start])
    }

    #[cold]
    fn overflow(&mut self, bytes: &[u8]) {
        if self.overflow.is_none() {
            self.overflow = Some(Box::new(blake3::Hasher::new_keyed(&self.key())));
        }
        if let Some(hasher) = &mut self.overflow {
            hasher.update(&self.buffer[self.start..]).update(bytes);
        }
        self.buffer.truncate(self.start);
    }
}

impl Sink for Encoding {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        if self.buffer.try_extend_from_slice(bytes).is_err() {
            self.overflow(bytes);
        }
    }
}
