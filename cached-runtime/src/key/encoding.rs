//! The encoding of a key in the making: first that of the instance, then that of the arguments.
//!
//! A short one is not hashed here: only the name of a slot needs a hash, and a call that the local tier answers needs
//! no name.

use arrayvec::ArrayVec;

use super::finished::{CARRIED, ENCODED, Part};
use super::long::Long;
use super::sink::Sink;
use super::template::Template;
use super::{Function, instance};

pub(super) struct Encoding {
    function: &'static Function,
    /// As [`Part::Encoded`] has it.
    all: ArrayVec<u8, CARRIED>,
    /// Where in it that begins which is put now: the instance, then the arguments.
    start: usize,
    /// Takes what is put now, once there was no room for all of it.
    long: Option<Long>,
}

impl Encoding {
    #[inline]
    pub(super) fn new(function: &'static Function) -> Self {
        let mut all = ArrayVec::new();
        all.push(ENCODED);
        // The length of the instance, of which nothing is known yet.
        all.push(0);
        Self { function, start: all.len(), all, long: None }
    }

    /// The arguments begin.
    #[inline]
    pub(super) fn end_instance(&mut self) {
        match u8::try_from(self.all.len() - self.start) {
            Ok(len) if len <= instance::LONGEST && self.long.is_none() => self.all[1] = len,
            _ => self.hash_instance(),
        }
        self.start = self.all.len();
    }

    /// The last part of a slot's name: a hash of all this.
    #[inline]
    pub(super) fn finish(self) -> Part {
        match self.long {
            None => Part::Encoded(self.all),
            Some(long) => Part::digest(&long.finish()),
        }
    }

    /// A text in place of arguments.
    pub(super) fn readable(&self) -> Template {
        Template::new(&self.all[1..self.start])
    }

    fn hash_instance(&mut self) {
        let hash = match self.long.take() {
            None => blake3::keyed_hash(&self.key(), &self.all[self.start..]),
            Some(long) => long.finish(),
        };
        self.all.truncate(1);
        self.all.push(instance::HASHED);
        self.all.extend(*hash.as_bytes());
    }

    /// The instance is hashed under the function, the arguments are under the instance.
    fn key(&self) -> [u8; 32] {
        instance::key(self.function, &self.all[1..self.start])
    }

    #[cold]
    fn put_long(&mut self, bytes: &[u8]) {
        let mut long = self.long.take().unwrap_or_else(|| Long::new(self.key()));
        long.put(&self.all[self.start..]);
        long.put(bytes);
        self.all.truncate(self.start);
        self.long = Some(long);
    }
}

impl Sink for Encoding {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        if self.long.is_some() || self.all.try_extend_from_slice(bytes).is_err() {
            self.put_long(bytes);
        }
    }
}
