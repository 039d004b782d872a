//! The tags in an envelope: which epochs they had when the value's body began.
//!
//! Those that the arguments name have only their epochs, as each call knows their names: a byte with their count, and 16
//! bytes for each. Those that the value names come with the names of their slots: a byte with their count, and for each
//! two with the length of the name, the name, and the epoch.

use super::{Epoch, HAS_EPOCHS, HAS_NAMED_TAGS, mark, take};

/// The tags of a value. At most 255 of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tags {
    /// Of the tags that the arguments name, in their order.
    pub(crate) epochs: Vec<Epoch>,
    /// The slots of the tags that the value names, and their epochs.
    pub(crate) named: Vec<(String, Epoch)>,
}

impl Tags {
    /// Places for the epochs of so many tags that the arguments name, and of these that the value names.
    pub(crate) fn undated(of_arguments: usize, named: &[String]) -> Self {
        let none = [0; mark::LENGTH];
        let named = named.iter().map(|name| (name.clone(), none));
        Self { epochs: vec![none; of_arguments], named: named.collect() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.epochs.is_empty() && self.named.is_empty()
    }

    pub(super) fn flags(&self) -> u8 {
        let epochs = if self.epochs.is_empty() { 0 } else { HAS_EPOCHS };
        let named = if self.named.is_empty() { 0 } else { HAS_NAMED_TAGS };
        epochs | named
    }

    pub(super) fn push(&self, out: &mut Vec<u8>) {
        if !self.epochs.is_empty() {
            out.push(count(self.epochs.len()));
            self.epochs.iter().for_each(|epoch| out.extend_from_slice(epoch));
        }
        if !self.named.is_empty() {
            out.push(count(self.named.len()));
            for (name, epoch) in &self.named {
                let length = u16::try_from(name.len()).expect("names of tags are cut");
                out.extend_from_slice(&length.to_be_bytes());
                out.extend_from_slice(name.as_bytes());
                out.extend_from_slice(epoch);
            }
        }
    }
}

fn count(tags: usize) -> u8 {
    u8::try_from(tags).expect("there are at most 255 tags of a kind")
}

/// The epochs of the tags that the arguments name.
#[derive(Clone, Copy, Default)]
pub(super) struct Epochs<'a>(&'a [u8]);

impl<'a> Epochs<'a> {
    pub(super) fn take(rest: &mut &'a [u8]) -> Option<Self> {
        let count = usize::from(take(rest, 1)?[0]);
        take(rest, count * mark::LENGTH).map(Self)
    }

    pub(super) fn collect(self) -> Vec<Epoch> {
        self.0.chunks_exact(mark::LENGTH).filter_map(|epoch| epoch.try_into().ok()).collect()
    }
}

/// The tags that the value names.
#[derive(Clone, Copy, Default)]
pub(super) struct NamedTags<'a> {
    count: u8,
    bytes: &'a [u8],
}

impl<'a> NamedTags<'a> {
    pub(super) fn take(rest: &mut &'a [u8]) -> Option<Self> {
        let count = take(rest, 1)?[0];
        let bytes = *rest;
        let named = Self { count, bytes };
        for _ in 0..count {
            next(rest)?;
        }
        Some(Self { bytes: &bytes[..bytes.len() - rest.len()], ..named })
    }

    pub(super) fn collect(self) -> Vec<(String, Epoch)> {
        let mut rest = self.bytes;
        std::iter::from_fn(|| next(&mut rest)).take(self.count.into()).collect()
    }
}

fn next(rest: &mut &[u8]) -> Option<(String, Epoch)> {
    let length = u16::from_be_bytes(take(rest, 2)?.try_into().ok()?);
    let name = std::str::from_utf8(take(rest, length.into())?).ok()?.to_owned();
    let epoch = take(rest, mark::LENGTH)?.try_into().ok()?;
    Some((name, epoch))
}
