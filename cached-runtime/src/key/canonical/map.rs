//! Maps: entries in the order of their encoded keys. Only they need a buffer.

use serde_core::ser::{self, Serialize};

use super::{NotCanonical, encode, tag};
use crate::key::sink::Sink;

pub(crate) struct Map<'a, S> {
    out: &'a mut S,
    /// Encoded key and encoded value, one behind the other, and where the key ends.
    entries: Vec<(Vec<u8>, usize)>,
}

impl<'a, S: Sink> Map<'a, S> {
    pub(super) fn new(out: &'a mut S) -> Self {
        Self { out, entries: Vec::new() }
    }
}

impl<S: Sink> ser::SerializeMap for Map<'_, S> {
    type Ok = ();
    type Error = NotCanonical;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NotCanonical> {
        let mut encoded = Vec::new();
        encode(key, &mut encoded)?;
        let end = encoded.len();
        self.entries.push((encoded, end));
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotCanonical> {
        let (entry, _) = self
            .entries
            .last_mut()
            .ok_or_else(|| NotCanonical("a map gave a value before its key".to_owned()))?;
        encode(value, entry)
    }

    fn end(mut self) -> Result<(), NotCanonical> {
        // By key alone, and stable: entries with equal keys keep the order that they came in.
        self.entries.sort_by(|(a, a_key), (b, b_key)| a[..*a_key].cmp(&b[..*b_key]));
        self.out.put_byte(tag::MAP);
        for (entry, _) in &self.entries {
            self.out.put(entry);
        }
        self.out.put_byte(tag::END);
        Ok(())
    }
}
