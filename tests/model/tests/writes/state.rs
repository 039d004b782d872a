//! One state of the whole system.

use protocol_model::Set;

use crate::server::Request;
use crate::setup::{Budget, Setup};
use crate::slot::{Holder, Slot, Version};

/// The slot, the database, the calls, the writers, what is on its way, and what may still go wrong.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) slot: Slot,
    pub(crate) database: Version,
    pub(crate) calls: Vec<Call>,
    pub(crate) writers: Vec<Writer>,
    /// Requests that nobody waits for, in order.
    pub(crate) late: Vec<Request>,
    /// What is promised: nothing older than this is in the slot.
    pub(crate) promised: Version,
    pub(crate) budget: Budget,
    /// A call was answered against the promise.
    pub(crate) wrong: bool,
}

/// One call of the cached function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Call {
    pub(crate) phase: Phase,
    /// What was promised when the call began: its answer must not be older.
    pub(crate) owed: Version,
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    #[default]
    NotBegun,
    /// Its `GET` is under way.
    Read,
    /// What that found is on its way back.
    Look(Slot),
    /// Its lease is asked for.
    Acquire,
    /// Only a mutation: its lease is to take the place of what it found.
    TakeOver(Slot),
    /// Somebody else's lease, or an intent, is in the slot.
    Wait(Holder),
    /// The body runs. It reads the database the moment it begins, which is the worst case.
    Body(Fill),
    /// The body has returned, its value is on its way to the slot.
    Store(Fill),
    /// It waits for the fill of another call of its process.
    Follow(u8),
    /// Answered, cancelled or crashed.
    Over,
}

/// A run of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Fill {
    pub(crate) version: Version,
    /// The calls of the process that had begun when the body began.
    pub(crate) elders: Set,
}

/// A function that writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Writer {
    pub(crate) stage: Stage,
    /// Whether `Store::begin_write` got its reply.
    pub(crate) has_begun: bool,
    /// Whether its intent has been put into the slot, and nobody else has taken it away: no `DEL`, no eviction, no end of
    /// its right.
    pub(crate) is_protected: bool,
    /// Its commit, until its end is carried out.
    pub(crate) committed: Option<Version>,
}

/// Where a writer stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    #[default]
    NotBegun,
    Begins(Part),
    /// Its body runs.
    Body,
    Ends(Part),
    Over,
}

/// How far a step of a store has come that takes several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// `Store::get`.
    Look,
    /// `Store::set_if_starts`, `Store::delete_if_starts`: what was found makes way.
    Change(Slot),
    /// `Store::set_if_absent`.
    Set,
}

impl State {
    /// The state in which nothing has happened yet.
    pub(crate) fn start(slot: Slot, setup: &Setup) -> Self {
        Self {
            slot,
            database: 0,
            calls: vec![Call::default(); setup.calls.len()],
            writers: vec![Writer::default(); setup.writers.len()],
            late: Vec::new(),
            promised: 0,
            budget: setup.budget,
            wrong: false,
        }
    }

    /// The calls that follow `leader`.
    pub(crate) fn followers(&self, leader: usize) -> Vec<usize> {
        let follows = |call: &Call| match call.phase {
            Phase::Follow(other) => usize::from(other) == leader,
            _ => false,
        };
        (0..self.calls.len()).filter(|&call| follows(&self.calls[call])).collect()
    }

    /// Leaves `request` to the network, nobody waiting for its reply.
    pub(crate) fn send_late(&mut self, request: Request) {
        self.late.push(request);
    }

    /// The one form of states that only differ in what can no longer matter.
    pub(crate) fn normalize(&mut self) {
        let mut under_way = Set::EMPTY;
        for (number, call) in self.calls.iter_mut().enumerate() {
            match call.phase {
                Phase::Over => call.owed = 0,
                Phase::NotBegun => {}
                _ => under_way = under_way.with(number),
            }
        }
        for call in &mut self.calls {
            if let Phase::Body(fill) | Phase::Store(fill) = &mut call.phase {
                fill.elders = fill.elders.only(under_way);
            }
        }
        // A request about a lease that is nowhere any more does nothing, whenever it comes.
        let (slot, late) = (self.slot, self.late.clone());
        self.late.retain(|request| match *request {
            Request::Commit(call, _) | Request::GiveUp(call) => {
                slot == Slot::Lease(call) || late.contains(&Request::Acquire(call))
            }
            _ => true,
        });
        self.late.sort_unstable();
    }
}
