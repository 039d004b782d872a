//! What stands in the slot.

use protocol_model::Set;

/// How many commits the database had seen.
pub(crate) type Version = u8;

/// The slot's bytes. A lease is known by the call that fills, an intent by its writers: neither has two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Slot {
    Absent,
    Lease(u8),
    Intent(Intent),
    Value(Version),
}

/// The writers at work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Intent {
    pub(crate) writers: Set,
    /// Whether there have been several at a time.
    pub(crate) shared: bool,
}

impl Slot {
    /// Whether `writer` has its intent in the slot.
    pub(crate) fn protects(self, writer: usize) -> bool {
        matches!(self, Self::Intent(intent) if intent.writers.has(writer))
    }

    /// What a fill, or a writer, waits for: intents of whatever writers are alike.
    pub(crate) fn holder(self) -> Option<Holder> {
        match self {
            Self::Lease(call) => Some(Holder::Fill(call)),
            Self::Intent(_) => Some(Holder::Writers),
            Self::Absent | Self::Value(_) => None,
        }
    }
}

/// Who keeps a call waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Holder {
    Fill(u8),
    Writers,
}
