//! What a kept value is known by: the state of its slots before it was read.

use std::sync::Arc;

/// The counter of a slot, and what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) stripe: u32,
    pub(super) count: u64,
}

/// Taken before a read is sent.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    pub(super) generation: u64,
    /// Of all slots.
    pub(super) changes: u64,
    pub(super) slot: Mark,
    pub(super) tags: Vec<Mark>,
}

/// A kept value counts while this [holds](super::Watch::holds).
#[derive(Debug)]
pub(crate) struct Stamp {
    pub(super) generation: u64,
    pub(super) slot: Mark,
    /// Of the slots of its tags. Most values have none. A pointer is half as large as one to a slice.
    pub(super) tags: Option<Arc<Vec<Mark>>>,
}

impl Stamp {
    /// About how much it has in memory of its own, in bytes.
    pub(crate) fn size(&self) -> usize {
        const APART: usize = 64;
        self.tags.as_ref().map_or(0, |tags| APART + tags.capacity() * size_of::<Mark>())
    }
}
