//! What stands in Redis: the slot of one entry, and the lock beside it.

use protocol_model::Set;

/// A token or a mark. The model numbers them where the runtime draws 16 random bytes.
pub(crate) type Id = u8;

/// One that is nowhere any more, and never will be again.
pub(crate) const GONE: Id = u8::MAX;

/// What is known of one run of a body. The body reads the database the moment it begins, which is the worst case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Body {
    /// The writers whose change it saw: the version of the database.
    pub(crate) saw: Set,
    /// The invalidations (and refreshes) that had taken effect before it began.
    pub(crate) follows: Set,
}

impl Body {
    /// What the database said. Each write toggles it, so that old content comes back (A, B, A).
    pub(crate) fn content(self) -> bool {
        self.saw.is_odd()
    }
}

/// A value, with the mark of the write that put it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Value {
    pub(crate) mark: Id,
    pub(crate) body: Body,
    pub(crate) stale: bool,
}

/// The slot's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Slot {
    Absent,
    Lease(Id),
    Value(Value),
}

/// What a conditional write compares the beginning of a slot with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Start {
    Lease(Id),
    Mark(Id),
    /// The content instead of the mark: only a mutation does that.
    Content(bool),
}

impl Slot {
    /// Whether the slot begins with `start`.
    pub(crate) fn starts(self, start: Start) -> bool {
        match (self, start) {
            (Slot::Lease(token), Start::Lease(wanted)) => token == wanted && token != GONE,
            (Slot::Value(value), Start::Mark(wanted)) => value.mark == wanted && wanted != GONE,
            (Slot::Value(value), Start::Content(wanted)) => value.body.content() == wanted,
            _ => false,
        }
    }
}

/// The key `{slot}:refill`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Lock {
    Free,
    Held(Id),
    HoldOff,
}
