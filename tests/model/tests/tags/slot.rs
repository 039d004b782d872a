//! What stands in the slots: of the entry, of its tags, and of the clock of all tags.

use protocol_model::Set;

/// What an epoch is known by: who has made it. The runtime draws 16 random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Maker {
    /// It was there from the beginning.
    First,
    /// The mint of a call before its body.
    Before(u8),
    /// The mint of a call after its body.
    After(u8),
    Writer(u8),
    /// A writer with an intent, before its body.
    Begun(u8),
    /// A second try of a writer whose first got no reply.
    Again(u8),
    /// Nobody any more: it is not in its slot, and never will be again.
    Gone,
}

/// At most as many tags are modelled.
pub(crate) const TAGS: usize = 2;

/// What is known of one run of a body: the invalidations that had taken effect before it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Body {
    pub(crate) follows: Set,
}

/// A value. Its mark is the call that has put it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Value {
    pub(crate) mark: u8,
    pub(crate) body: Body,
    pub(crate) epochs: [Maker; TAGS],
}

/// The mark of a value that was there from the beginning.
pub(crate) const FIRST: u8 = u8::MAX;

/// The entry's slot. A lease is known by the call that fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Slot {
    Absent,
    Lease(u8),
    Value(Value),
}

impl Slot {
    pub(crate) fn has_mark(self, mark: u8) -> bool {
        matches!(self, Self::Value(value) if value.mark == mark)
    }
}

/// The slot of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Tag {
    Absent,
    Epoch(Epoch),
    /// Writers are at work.
    Intent(Set),
}

/// An epoch, and how far the clock had counted when it was made. The clock has the same form: its epoch is that of the
/// count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Epoch {
    pub(crate) maker: Maker,
    pub(crate) stamp: u8,
}

impl Tag {
    pub(crate) fn epoch(self) -> Option<Epoch> {
        match self {
            Self::Epoch(epoch) => Some(epoch),
            Self::Absent | Self::Intent(_) => None,
        }
    }

    /// Those who have a right to it.
    pub(crate) fn writers(self) -> Set {
        match self {
            Self::Intent(writers) => writers,
            Self::Absent | Self::Epoch(_) => Set::EMPTY,
        }
    }
}

/// What a read finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Found {
    pub(crate) slot: Slot,
    pub(crate) tags: [Tag; TAGS],
    pub(crate) clock: Option<Epoch>,
}
