//! What a call is told in the place where it waits.

use std::any::Any;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::{Leader, Reader};

/// What a call that waits is told.
pub(crate) enum Verdict {
    /// A read that was sent after it began found this.
    Found(Found),
    /// The flight that it followed has ended.
    Landed(Landing),
    /// It reads next.
    Read(Reader),
    /// It leads the flight that it followed, as the leader has gone.
    Lead(Leader),
    /// The store can't be used.
    PassBy,
}

/// By what a fill can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    /// These bytes stand at the beginning of the slot, as long as nothing has overtaken the fill.
    InSlot(Bytes),
    /// Only this process knows of it.
    Process,
    /// Another fill holds the slot, and its time is over for those who wait. Nothing comes of it but an answer.
    Late,
}

/// A value in a slot.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) bytes: Bytes,
    /// How long the slot still lives. `Duration::MAX` where that was not asked.
    pub(crate) left: Duration,
}

/// The epochs of a fill without tags.
pub(crate) static NO_TAGS: Bytes = Bytes::new();

/// How a flight ended.
pub(crate) enum Landing {
    /// With these bytes.
    Value(Bytes),
    /// With an error; this is a copy of it, if it can be copied.
    Error(Option<Box<dyn Any + Send>>),
    /// With nothing that can be shared.
    Nothing,
}

/// A call that waits, as those see it who tell it something.
pub(super) type Waiter = oneshot::Sender<Verdict>;

/// A call that waits, as it sees itself. Whoever drops it disturbs nobody.
pub(crate) type Waiting = oneshot::Receiver<Verdict>;
