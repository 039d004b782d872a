//! Visits to all that is known by a token or a mark, and to all that a body returned, wherever it is in a state.

use crate::server::{Reply, Request};
use crate::slot::{Body, Id, Lock, Slot, Start};
use crate::state::{Phase, State, Wire};

impl State {
    pub(super) fn each_id(&mut self, with: &mut impl FnMut(&mut Id)) {
        self.server.slot.each_id(with);
        self.server.lock.each_id(with);
        for call in &mut self.calls {
            call.phase.each_id(with);
            match &mut call.wire {
                Wire::Sent(request) => request.each_id(with),
                Wire::Back(Reply::Held(slot)) => slot.each_id(with),
                Wire::Back(Reply::Done(_)) | Wire::Idle => {}
            }
        }
        for request in &mut self.late {
            request.each_id(with);
        }
    }

    pub(super) fn each_body(&mut self, with: &mut impl FnMut(&mut Body)) {
        self.server.slot.each_body(with);
        for call in &mut self.calls {
            call.phase.each_body(with);
            match &mut call.wire {
                Wire::Sent(request) => request.each_body(with),
                Wire::Back(Reply::Held(slot)) => slot.each_body(with),
                Wire::Back(Reply::Done(_)) | Wire::Idle => {}
            }
        }
        for request in &mut self.late {
            request.each_body(with);
        }
    }
}

impl Slot {
    pub(super) fn each_id(&mut self, with: &mut impl FnMut(&mut Id)) {
        match self {
            Self::Absent => {}
            Self::Lease(token) => with(token),
            Self::Value(value) => with(&mut value.mark),
        }
    }

    pub(super) fn each_body(&mut self, with: &mut impl FnMut(&mut Body)) {
        if let Self::Value(value) = self {
            with(&mut value.body);
        }
    }
}

impl Lock {
    pub(super) fn each_id(&mut self, with: &mut impl FnMut(&mut Id)) {
        if let Self::Held(token) = self {
            with(token);
        }
    }
}

impl Start {
    pub(super) fn each_id(&mut self, with: &mut impl FnMut(&mut Id)) {
        match self {
            Self::Lease(id) | Self::Mark(id) => with(id),
            Self::Content(_) => {}
        }
    }
}

impl Request {
    pub(super) fn each_id(&mut self, with: &mut impl FnMut(&mut Id)) {
        if let Self::SetIfStarts(start, _) | Self::DeleteIfStarts(start) = self {
            start.each_id(with);
        }
        if let Self::Unlock(token) | Self::HoldOff(token) | Self::Remark(token, _) = self {
            with(token);
        }
        self.each_new_id(with);
    }

    /// What it brings to the server.
    pub(super) fn each_new_id(&mut self, with: &mut impl FnMut(&mut Id)) {
        match self {
            Self::SetIfAbsent(slot) | Self::SetIfStarts(_, slot) | Self::Set(slot) => {
                slot.each_id(with);
            }
            Self::Remark(_, value) => with(&mut value.mark),
            Self::Lock(token) => with(token),
            _ => {}
        }
    }

    /// What has to be at the server for it to do anything.
    pub(super) fn wanted(self) -> Option<Id> {
        match self {
            Self::SetIfStarts(Start::Lease(id) | Start::Mark(id), _)
            | Self::DeleteIfStarts(Start::Lease(id) | Start::Mark(id))
            | Self::Remark(id, _)
            | Self::Unlock(id)
            | Self::HoldOff(id) => Some(id),
            _ => None,
        }
    }

    pub(super) fn each_body(&mut self, with: &mut impl FnMut(&mut Body)) {
        if let Self::SetIfAbsent(slot) | Self::SetIfStarts(_, slot) | Self::Set(slot) = self {
            slot.each_body(with);
        }
        if let Self::Remark(_, value) = self {
            with(&mut value.body);
        }
    }
}

impl Phase {
    pub(super) fn each_id(&mut self, with: &mut impl FnMut(&mut Id)) {
        match self {
            Self::Acquire(id) | Self::TakeOver(id) | Self::Mark(id) | Self::Wait(id) => with(id),
            Self::Lock(token, stale) => {
                with(token);
                with(&mut stale.mark);
            }
            Self::Body(fill) | Self::Store(fill) => {
                if let Some(start) = &mut fill.start {
                    start.each_id(with);
                }
                if let Some((token, stale)) = &mut fill.refill {
                    with(token);
                    with(&mut stale.mark);
                }
            }
            Self::NotBegun | Self::Look | Self::Follow(..) | Self::Over => {}
        }
    }

    pub(super) fn each_body(&mut self, with: &mut impl FnMut(&mut Body)) {
        match self {
            Self::Lock(_, stale) => with(&mut stale.body),
            Self::Body(fill) | Self::Store(fill) => {
                with(&mut fill.body);
                if let Some((_, stale)) = &mut fill.refill {
                    with(&mut stale.body);
                }
            }
            _ => {}
        }
    }
}
