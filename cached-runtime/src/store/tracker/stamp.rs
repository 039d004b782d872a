//! What a kept value is known by: the state of its slots before it was read.

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
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(super) generation: u64,
    pub(super) slot: Mark,
    /// Of the slots of its tags. Most values have none.
    pub(super) tags: Option<std::sync::Arc<[Mark]>>,
}
