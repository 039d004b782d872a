//! One state of the whole system.

use protocol_model::Set;

use crate::server::{Request, Server};
use crate::setup::{Budget, How, Setup};
use crate::slot::{Body, Epoch, FIRST, Found, Maker, Slot, TAGS, Tag, Value};

/// Redis, the calls, the writers, what is on its way, and what may still go wrong.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) server: Server,
    pub(crate) calls: Vec<Call>,
    pub(crate) writers: Vec<Writer>,
    /// Requests that nobody waits for, in order.
    pub(crate) late: Vec<Request>,
    /// Writers whose invalidation has taken effect, or that have committed under an intent.
    pub(crate) applied: Set,
    /// Those of them that have returned: answers must follow them.
    pub(crate) returned: Set,
    /// Those that what is stored must follow.
    pub(crate) kept: Set,
    pub(crate) budget: Budget,
    /// A call was answered against the promise.
    pub(crate) wrong: bool,
}

/// One call of the cached function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Call {
    pub(crate) phase: Phase,
    /// What had returned when the call began: its answer has to follow all of that.
    pub(crate) owed: Set,
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    #[default]
    NotBegun,
    /// Its read is under way.
    Read,
    /// By single steps: the slot has been read, the tags have not.
    ReadTags(Slot),
    /// What it found is on its way back.
    Look(Found),
    /// Its lease is asked for.
    Acquire,
    /// Its lease is to take the place of an outdated value with this mark.
    TakeOver(u8),
    /// Its lease is in the slot; the epochs of its tags are asked for.
    Mint,
    /// By single steps: it knows the first half of that.
    MintMore(Half),
    /// The body runs. It reads the database the moment it begins, which is the worst case.
    Body(Fill),
    /// The body has returned; the epochs of the tags that its result names are asked for.
    MintAfter(Fill),
    /// By single steps: it knows the first half of that.
    MintMoreAfter(Fill, Half),
    /// Its value is on its way to the slot.
    Store(Fill),
    /// The lease of another call is in the slot.
    Wait(u8),
    /// It waits for the fill of another call of its process.
    Follow(u8),
    /// Answered or crashed.
    Over,
}

/// What the first of two steps has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Half {
    Tags([Tag; TAGS]),
    Clock(Epoch),
}

/// A run of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Fill {
    pub(crate) body: Body,
    /// Of its tags, as far as they are known.
    pub(crate) epochs: [Maker; TAGS],
    /// As it was before the body.
    pub(crate) clock: Epoch,
    /// The calls of the process that had begun when the body began.
    pub(crate) elders: Set,
    /// The writers that had begun and not committed when the body began.
    pub(crate) amid: Set,
}

/// A writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Writer {
    pub(crate) stage: Stage,
    /// Whether its intent has been put into the tag's slot, and nobody has taken it away: no `DEL`, no eviction, no end of
    /// its right.
    pub(crate) is_protected: bool,
}

/// Where a writer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    /// With an intent: it has not begun.
    NotBegun,
    /// With an intent: it is in the tag's slot, and the clock is to be changed.
    Begun,
    /// With an intent: its body runs.
    Body,
    /// It has committed, and is to tell the cache.
    Sent,
    /// By single steps, or with an intent: half of it is done.
    Half,
    /// The first try got no reply.
    Again,
    Over,
}

impl State {
    /// The state in which nothing has happened yet: with a valid value, or without one.
    pub(crate) fn start(has_value: bool, setup: &Setup) -> Self {
        let first = Epoch { maker: Maker::First, stamp: 0 };
        let mut tags = [Tag::Absent; TAGS];
        tags[..setup.tags.len()].fill(Tag::Epoch(first));
        let mut epochs = [Maker::Gone; TAGS];
        epochs[..setup.tags.len()].fill(Maker::First);
        let value = Value { mark: FIRST, body: Body::default(), epochs };
        let slot = if has_value { Slot::Value(value) } else { Slot::Absent };
        let writers = setup.writers.iter().map(|writing| match writing.how {
            How::Invalidate => Stage::Sent,
            How::Intent => Stage::NotBegun,
        });
        Self {
            server: Server { slot, tags, clock: Some(first) },
            calls: vec![Call::default(); setup.calls.len()],
            writers: writers.map(|stage| Writer { stage, is_protected: false }).collect(),
            late: Vec::new(),
            applied: Set::EMPTY,
            returned: Set::EMPTY,
            kept: Set::EMPTY,
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
}
