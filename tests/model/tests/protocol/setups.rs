//! The configurations. Each has three calls in two processes, so that some share a flight and some only the server; more
//! would be a larger number of the same.

use protocol_model::Set;

use crate::model::Sight;
use crate::setup::{Budget, Caller, Setup};
use crate::slot::{Body, Slot, Value};

const CALL: Caller = Caller { process: 0, refresh: false };

/// What was in the slot before anything happened: older than everything.
const OLD: Value =
    Value { mark: 0, body: Body { saw: Set::EMPTY, follows: Set::EMPTY }, stale: false };

/// Fills of an empty slot: three calls, two writers, a crash, and a fault of each kind of the network's and the server's.
pub(crate) fn fills() -> Setup {
    Setup {
        name: "fills",
        calls: vec![CALL, CALL, Caller { process: 1, ..CALL }],
        invalidations: 2,
        slots: vec![Slot::Absent],
        budget: Budget { timeouts: 1, losses: 1, cancels: 1, crashes: 1, ..Budget::default() },
        last_in_peace: false,
        versions: false,
        verbatim: false,
        shows: vec![
            Sight::RefusedCommit,
            Sight::LateAcquire,
            Sight::Follower,
            Sight::Takeover,
            Sight::OrphanedLease,
        ],
        mutation: None,
    }
}

/// The same calls, whose bodies fail and take too long, and who grow tired of waiting.
pub(crate) fn slow() -> Setup {
    let budget =
        Budget { failures: 1, overruns: 1, impatience: 1, crashes: 1, ..Budget::default() };
    Setup {
        name: "slow bodies",
        budget,
        shows: vec![Sight::RefusedCommit, Sight::Follower, Sight::OrphanedLease],
        ..fills()
    }
}

/// Refills of a stale value.
pub(crate) fn refills() -> Setup {
    Setup {
        name: "refills",
        slots: vec![Slot::Value(Value { stale: true, ..OLD })],
        budget: Budget { timeouts: 1, losses: 1, crashes: 1, ..Budget::default() },
        shows: vec![Sight::RefusedCommit, Sight::LateAcquire, Sight::Follower, Sight::StaleServed],
        ..fills()
    }
}

/// The same, with bodies that fail and callers that go away.
pub(crate) fn failing_refills() -> Setup {
    Setup {
        name: "failing refills",
        budget: Budget { losses: 1, failures: 1, cancels: 1, crashes: 1, ..Budget::default() },
        shows: vec![Sight::RefusedCommit, Sight::Follower, Sight::StaleServed],
        ..refills()
    }
}

/// Two refreshes against a fill: of a value, a stale value, and an empty slot.
pub(crate) fn refreshes() -> Setup {
    Setup {
        name: "refreshes",
        calls: vec![Caller { refresh: true, ..CALL }, Caller { refresh: true, process: 1 }, CALL],
        invalidations: 1,
        slots: vec![Slot::Absent, Slot::Value(OLD), Slot::Value(Value { stale: true, ..OLD })],
        budget: Budget { timeouts: 1, losses: 1, cancels: 1, crashes: 1, ..Budget::default() },
        shows: vec![Sight::RefusedCommit, Sight::LateAcquire],
        ..fills()
    }
}

/// After faults of all kinds one call has peace: the slot is filled when it is over.
pub(crate) fn peace() -> Setup {
    Setup {
        name: "peace after faults",
        slots: vec![Slot::Absent, Slot::Value(Value { stale: true, ..OLD })],
        invalidations: 1,
        budget: Budget {
            timeouts: 1,
            losses: 1,
            cancels: 1,
            failures: 1,
            crashes: 1,
            ..Budget::default()
        },
        last_in_peace: true,
        shows: vec![],
        ..fills()
    }
}
