//! The protocol without one of its protections.

use std::collections::HashMap;
use std::sync::Mutex;

use cached_runtime::Bytes;

use crate::plan::Scene;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// A fill is committed whatever is in the slot.
    CommitAlways,
    /// A refill is committed whatever is in the slot.
    RefillAlways,
    /// All leases of a process are alike: fill A, invalidate, fill B, and A is taken for B.
    OneToken,
    /// An acquire that comes late counts as if it had come in time.
    LateAcquire,
    /// On a read, a value's tags are as they were when it was first read.
    EpochsUnread,
    /// A value gets the epochs that its tags have after the body.
    EpochsLate,
    /// The clock of the tags stands still.
    ClockStill,
    /// A writer has no intent.
    NoIntent,
    /// A writer puts its value though its intent is gone.
    PutAnyway,
    /// A writer that ends takes the intents of all away.
    EndsAll,
    /// The last of several writers that overlap takes itself for the only one.
    EndsAlone,
    /// A writer that puts nothing does not empty the slot.
    NoEnd,
    /// What fails is not remembered.
    NoDoubts,
    /// What changes while it is read, and so is not kept yet, stays untold.
    InFlightMissed,
    /// A process that loses the connection that tells it of changes goes on.
    LossUntold,
    /// Of the slots of tags nobody is told.
    TagsUntracked,
    /// What a process keeps is not told of what that process itself changes.
    OwnUntold,
}

impl Mutant {
    /// Where the protection matters, and no other one covers for it.
    pub(crate) fn scene(self) -> Scene {
        match self {
            Self::CommitAlways | Self::OneToken | Self::LateAcquire => Scene::Fills,
            Self::RefillAlways => Scene::Refills,
            Self::EpochsUnread | Self::EpochsLate => Scene::Tags,
            Self::ClockStill => Scene::NamedTags,
            Self::PutAnyway | Self::EndsAll | Self::EndsAlone | Self::NoEnd => Scene::Writes,
            Self::NoIntent => Scene::Crashes,
            Self::NoDoubts => Scene::Outages,
            Self::InFlightMissed | Self::LossUntold | Self::OwnUntold => Scene::Kept,
            Self::TagsUntracked => Scene::KeptTags,
        }
    }

    /// Whether it drops the condition of this write.
    pub(crate) fn always_sets(self, start: &[u8], value: &[u8], is_fresh: bool) -> bool {
        match self {
            Self::CommitAlways => is_lease(start) && !is_lease(value),
            // An expiry has the same bytes, and leaves them stale.
            Self::RefillAlways => !is_lease(start) && !is_lease(value) && is_fresh,
            _ => false,
        }
    }
}

pub(crate) fn is_lease(bytes: &[u8]) -> bool {
    bytes.starts_with(&[2, 1]) && bytes.len() == 18
}

/// Makes the leases of one process alike.
pub(crate) struct OneToken {
    common: Bytes,
    /// What the process itself thinks is in each slot.
    own: Mutex<HashMap<String, Bytes>>,
}

impl OneToken {
    pub(crate) fn new(process: usize) -> Self {
        let mut common = vec![u8::try_from(process).expect("few processes"); 18];
        common[..2].copy_from_slice(&[2, 1]);
        Self { common: common.into(), own: Mutex::default() }
    }

    /// What goes to the store.
    pub(crate) fn out(&self, bytes: Bytes) -> Bytes {
        if is_lease(&bytes) { self.common.clone() } else { bytes }
    }

    /// What comes from it.
    pub(crate) fn back(&self, slot: &str, bytes: Bytes) -> Bytes {
        if bytes != self.common {
            return bytes;
        }
        self.own.lock().unwrap().get(slot).cloned().unwrap_or(bytes)
    }

    /// `value` was put into the slot.
    pub(crate) fn put(&self, slot: &str, value: &Bytes) {
        if is_lease(value) {
            self.own.lock().unwrap().insert(slot.to_owned(), value.clone());
        }
    }
}
