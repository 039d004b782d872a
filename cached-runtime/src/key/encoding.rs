//! A key in the making: first the encoding of the instance, then that of the arguments, or a text in place of them.
//!
//! A short one is not hashed here: only the name of a slot needs a hash, and a call that the local tier answers needs
//! no name.

use std::fmt::{Display, Write as _};

use super::escape::{Escaping, push_literal};
use super::finished::{Carried, DIGESTED, ENCODED, READABLE};
use super::long::Long;
use super::sink::{Number, Sink};
use super::template::{is_long, shortened};
use super::{DIGEST, Function, instance};

pub(super) struct Encoding {
    function: &'static Function,
    /// As [`Key::carried`](super::Key::carried) has it.
    all: Carried,
    /// Where in it that begins which is put now: the instance, then the arguments.
    start: usize,
    /// Takes what is put now, once there was no room for all of it.
    long: Option<Box<Long>>,
    /// Whether there is a text in place of arguments.
    is_readable: bool,
}

impl Encoding {
    #[inline]
    pub(super) fn new(function: &'static Function) -> Self {
        const { assert!(ENCODED == 0, "all zeros") };
        // The length of the instance is zero as long as nothing is known of it.
        let all = Carried::zeros(2);
        Self { function, start: 2, all, long: None, is_readable: false }
    }

    #[inline]
    pub(super) fn function(&self) -> &'static Function {
        self.function
    }

    /// The arguments begin.
    #[inline]
    pub(super) fn end_instance(&mut self) {
        let has_instance = self.all.len() != self.start || self.long.is_some();
        if has_instance {
            self.close_instance();
        }
    }

    /// All has been put. What is too long to be carried gets a hash in its place.
    #[inline]
    pub(super) fn complete(&mut self) {
        let is_long_text = self.is_readable && is_long(&self.all[self.start..]);
        if self.long.is_some() || is_long_text {
            self.complete_rare();
        }
    }

    #[inline]
    pub(super) fn carried(&self) -> &Carried {
        &self.all
    }

    pub(super) fn into_carried(self) -> Carried {
        self.all
    }

    /// Appends text of a template.
    pub(super) fn literal(&mut self, text: &str) {
        self.begin_text();
        push_literal(&mut self.all, text);
    }

    /// Appends a value, escaped. Fails when its own `Display` does.
    pub(super) fn value<T: Display + ?Sized>(&mut self, value: &T) -> Result<(), String> {
        self.begin_text();
        write!(Escaping(&mut self.all), "{value}").map_err(|_| "its `Display` failed".to_owned())
    }

    fn begin_text(&mut self) {
        self.all[0] = READABLE;
        self.is_readable = true;
    }

    fn close_instance(&mut self) {
        let len = self.all.len() - self.start;
        match u8::try_from(len) {
            Ok(len) if len <= instance::LONGEST && self.long.is_none() => self.all[1] = len,
            _ => self.hash_instance(),
        }
        self.start = self.all.len();
    }

    #[cold]
    fn complete_rare(&mut self) {
        match self.long.take() {
            Some(long) => {
                self.all = Carried::new();
                self.all.extend(&[DIGESTED]);
                self.all.extend(&long.finish().as_bytes()[..DIGEST]);
            }
            None => self.shorten(),
        }
    }

    fn shorten(&mut self) {
        let (instance, text) = self.all.split_at(self.start);
        if let Some(text) = shortened(str::from_utf8(text).expect("it was written as text")) {
            let mut all = Carried::new();
            all.extend(instance);
            all.extend(text.as_bytes());
            self.all = all;
            // Once is enough, however often it is complete.
            self.start = self.all.len();
        }
    }

    #[cold]
    fn hash_instance(&mut self) {
        let hash = match self.long.take() {
            None => blake3::keyed_hash(&self.key(), &self.all[self.start..]),
            Some(long) => long.finish(),
        };
        self.all.truncate(1);
        self.all.extend(&[instance::HASHED]);
        self.all.extend(hash.as_bytes());
    }

    /// The instance is hashed under the function, the arguments are under the instance.
    fn key(&self) -> [u8; 32] {
        instance::key(self.function, &self.all[1..self.start])
    }

    #[cold]
    fn put_long(&mut self, bytes: &[u8]) {
        let mut long = self.long.take().unwrap_or_else(|| Box::new(Long::new(self.key())));
        long.put(&self.all[self.start..]);
        long.put(bytes);
        self.all.truncate(self.start);
        self.long = Some(long);
    }
}

impl Sink for Encoding {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        if self.long.is_some() || !self.all.fits(bytes) {
            self.put_long(bytes);
        }
    }

    #[inline]
    fn put_number(&mut self, number: Number) {
        if self.long.is_some() || !self.all.fits_first(number.len(), number.bytes()) {
            self.put_long(&number.bytes().to_le_bytes()[..number.len().into()]);
        }
    }
}
