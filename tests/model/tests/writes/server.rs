//! What the server does with a request: each in one instant.

use protocol_model::Set;

use crate::mutation::Mutation;
use crate::slot::{Intent, Slot, Version};

/// A command on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Request {
    /// `call::lease::acquire`: `Store::set_if_absent` of the lease of a call.
    Acquire(u8),
    /// `call::lease::commit`: `Store::set_if_starts` with that lease.
    Commit(u8, Version),
    /// `call::lease::give_up`: `Store::delete_if_starts` with that lease.
    GiveUp(u8),
    /// `Store::begin_write`.
    BeginWrite(u8),
    /// `Store::end_write`.
    EndWrite(u8, Option<Version>),
    /// `Store::delete`.
    Delete,
    /// `Store::set_if_starts`: a lease for what a call has found. Only a mutation does that to an intent.
    TakeOver(Slot, u8),
}

impl Request {
    /// What the slot holds when this has been carried out.
    pub(crate) fn apply(self, slot: Slot, mutation: Option<Mutation>) -> Slot {
        match self {
            Self::Acquire(call) if slot == Slot::Absent => Slot::Lease(call),
            Self::Commit(call, version) if slot == Slot::Lease(call) => Slot::Value(version),
            Self::GiveUp(call) if slot == Slot::Lease(call) => Slot::Absent,
            Self::BeginWrite(writer) => begin_write(slot, writer, mutation),
            Self::EndWrite(writer, value) => end_write(slot, writer, value, mutation),
            Self::Delete => Slot::Absent,
            Self::TakeOver(found, call) if slot == found => Slot::Lease(call),
            _ => slot,
        }
    }
}

pub(crate) fn begin_write(slot: Slot, writer: u8, mutation: Option<Mutation>) -> Slot {
    let mut intent = match slot {
        Slot::Intent(intent) if mutation != Some(Mutation::OneToken) => intent,
        Slot::Lease(_) if mutation == Some(Mutation::BeginLeavesFill) => return slot,
        _ => Intent::default(),
    };
    intent.shared |= intent.writers != Set::EMPTY;
    intent.writers = intent.writers.with(usize::from(writer));
    Slot::Intent(intent)
}

pub(crate) fn end_write(
    slot: Slot,
    writer: u8,
    value: Option<Version>,
    mutation: Option<Mutation>,
) -> Slot {
    let put = value.map_or(Slot::Absent, Slot::Value);
    if mutation == Some(Mutation::PutUnchecked) && value.is_some() {
        return put;
    }
    match slot {
        Slot::Intent(intent) => {
            let own = Set::EMPTY.with(usize::from(writer));
            let was_there = intent.writers.includes(own);
            let was_alone = !intent.shared || mutation == Some(Mutation::SharedIgnored);
            let left = intent.writers.without(own);
            let is_strange = !was_there && mutation == Some(Mutation::StrangerUnnoticed);
            match left {
                Set::EMPTY if was_there && was_alone => put,
                Set::EMPTY => Slot::Absent,
                _ => Slot::Intent(Intent { writers: left, shared: intent.shared || !is_strange }),
            }
        }
        Slot::Lease(_) if mutation == Some(Mutation::EndLeavesFill) => slot,
        _ if mutation == Some(Mutation::PutWithoutIntent) => put,
        _ => Slot::Absent,
    }
}
