//! One state of the whole system.

use protocol_model::Set;

use crate::server::{Reply, Request, Server};
use crate::setup::{Budget, Setup};
use crate::slot::{Body, Id, Lock, Slot, Start, Value};

/// Redis, the calls, the invalidations, what is on its way, and what may still go wrong.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) server: Server,
    pub(crate) calls: Vec<Call>,
    pub(crate) invalidations: Vec<Invalidation>,
    /// Requests that nobody waits for: given up by their sender, or sent in the background. In order, as two states
    /// that differ by the order only are one.
    pub(crate) late: Vec<Request>,
    /// Writers whose change is in the database.
    pub(crate) written: Set,
    /// Invalidations whose `UNLINK` the server has carried out, and refreshes that have marked the slot.
    pub(crate) applied: Set,
    /// Those of them that have returned to their caller.
    pub(crate) returned: Set,
    pub(crate) budget: Budget,
    /// The next token or mark that is drawn: none that is in use.
    pub(crate) next: Id,
    /// A call was answered against the promise.
    pub(crate) wrong: bool,
}

/// One call of the cached function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Call {
    pub(crate) phase: Phase,
    pub(crate) wire: Wire,
    /// What had returned when the call began: its answer has to follow all of that.
    pub(crate) owed: Set,
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    #[default]
    NotBegun,
    /// Its `GET` is under way.
    Look,
    /// Its `SET NX GET` of a lease is under way.
    Acquire(Id),
    /// Its lease is to take the place of another.
    TakeOver(Id),
    /// A refresh is to put its own mark on the value.
    Mark(Id),
    /// The lock of a refill is asked for.
    Lock(Id, Value),
    /// Somebody else's lease is in the slot.
    Wait(Id),
    /// The body runs.
    Body(Fill),
    /// The body has returned, its value is on its way to the slot.
    Store(Fill),
    /// It waits for the fill of another call of its process; whether it has itself read the value that is refilled.
    Follow(u8, bool),
    /// Answered, cancelled or crashed.
    Over,
}

/// A run of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Fill {
    /// What has to be in the slot for the commit, and for a call that joins. `None`: the value is not stored.
    pub(crate) start: Option<Start>,
    /// Whether it commits; it does if it has a start, but for a mutation.
    pub(crate) stores: bool,
    pub(crate) body: Body,
    /// The calls of the process that had begun when the body began.
    pub(crate) elders: Set,
    /// Of a refill: its lock's token, and the stale value.
    pub(crate) refill: Option<(Id, Value)>,
}

/// A call's one command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Wire {
    #[default]
    Idle,
    Sent(Request),
    Back(Reply),
}

/// A writer: it changes the database, then empties the slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Invalidation {
    NotBegun,
    /// The database is written, `UNLINK` is under way.
    Sent,
    Applied,
    Returned,
    /// It was told of an error; nothing is promised.
    Failed,
}

impl State {
    /// The state in which nothing has happened yet.
    pub(crate) fn start(slot: Slot, setup: &Setup) -> Self {
        // Where the database does not matter, an UNLINK that is yet to be sent is one that is yet to arrive.
        let writer = if setup.versions { Invalidation::NotBegun } else { Invalidation::Sent };
        Self {
            server: Server { slot, lock: Lock::Free },
            calls: vec![Call::default(); setup.calls.len()],
            invalidations: vec![writer; setup.invalidations],
            late: Vec::new(),
            written: Set::default(),
            applied: Set::default(),
            returned: Set::default(),
            budget: setup.budget,
            next: 1,
            wrong: false,
        }
    }

    /// The calls that follow `leader`.
    pub(crate) fn followers(&self, leader: usize) -> Vec<usize> {
        let follows = |call: &Call| match call.phase {
            Phase::Follow(other, _) => usize::from(other) == leader,
            _ => false,
        };
        (0..self.calls.len()).filter(|&call| follows(&self.calls[call])).collect()
    }

    /// Leaves `request` to the network, nobody waiting for its reply.
    pub(crate) fn send_late(&mut self, request: Request) {
        let place = self.late.partition_point(|other| *other <= request);
        self.late.insert(place, request);
    }
}
