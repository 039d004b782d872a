//! The configurations: two calls in one process and one in another, against two writers. Writers are processes of
//! their own, so that one can crash alone.

use crate::model::Sight;
use crate::setup::{Budget, How, Setup, Writing};
use crate::slot::Slot;

const fn writer(process: u8, how: How) -> Writing {
    Writing { process, how }
}

/// Two writers that put.
pub(crate) fn puts() -> Setup {
    Setup {
        name: "puts",
        calls: vec![0, 0],
        writers: vec![writer(2, How::Put), writer(3, How::Put)],
        slots: vec![Slot::Absent, Slot::Value(0)],
        budget: Budget { timeouts: 1, losses: 1, crashes: 1, ..Budget::default() },
        by_steps: false,
        last_in_peace: false,
        shows: vec![
            Sight::RefusedCommit,
            Sight::Put,
            Sight::Overlap,
            Sight::OrphanedIntent,
            Sight::Waits,
            Sight::Unprotected,
            Sight::Follower,
        ],
        mutation: None,
    }
}

/// One that puts and one that invalidates, whose bodies fail and whose callers go away.
pub(crate) fn failing() -> Setup {
    Setup {
        name: "failing writes",
        calls: vec![0, 1],
        writers: vec![writer(2, How::Put), writer(3, How::Invalidate)],
        budget: Budget { cancels: 1, failures: 1, crashes: 1, ..Budget::default() },
        shows: vec![Sight::RefusedCommit, Sight::Put, Sight::Overlap, Sight::Waits],
        ..puts()
    }
}

/// One that puts, one that invalidates, and a plain `DEL` after a write by another program.
pub(crate) fn mixed() -> Setup {
    Setup {
        name: "puts, invalidations and DEL",
        calls: vec![0],
        writers: vec![writer(2, How::Put), writer(3, How::Invalidate), writer(4, How::Delete)],
        shows: vec![Sight::RefusedCommit, Sight::Put, Sight::Overlap, Sight::Waits],
        ..puts()
    }
}

/// The writers' steps are those of a store that has only the basic ones.
pub(crate) fn by_steps() -> Setup {
    Setup {
        name: "writes by single steps",
        calls: vec![0],
        by_steps: true,
        budget: Budget { losses: 1, crashes: 1, ..Budget::default() },
        shows: vec![Sight::RefusedCommit, Sight::Overlap, Sight::OrphanedIntent, Sight::Waits],
        ..puts()
    }
}

/// After faults of all kinds one call has peace: the slot is filled when it is over.
pub(crate) fn peace() -> Setup {
    Setup {
        name: "peace after writes",
        calls: vec![0, 1],
        last_in_peace: true,
        shows: vec![],
        ..puts()
    }
}
