//! The one form of states that only differ in what can no longer matter. It keeps the space small, and nothing that can
//! still happen gets lost by it:
//! - tokens and marks are equal or not, and that is all: so they are numbered in the order in which they are met;
//! - one that has gone from the server, and that no request can bring back, never matches again: all of these are [`GONE`];
//! - a request that nobody waits for, and that compares with such a one, does nothing whenever it comes;
//! - an invalidation that each body of now has begun after is kept by whatever is answered from now on.

use crate::server::{Reply, Request};
use crate::set::Set;
use crate::slot::{Body, GONE, Id, Lock, Slot, Start};
use crate::state::{Call, Invalidation, Phase, State, Wire};

/// Tokens from here on are not of one fill (a mutation), so they are never gone.
pub(crate) const PROCESS_TOKENS: Id = 0xF0;

impl State {
    /// Brings the state into that form.
    pub(crate) fn normalize(&mut self) {
        self.forget_the_dead();
        self.settle();
        self.rename();
        self.late.sort_unstable();
    }

    fn forget_the_dead(&mut self) {
        let mut under_way = Set::default();
        for (number, call) in self.calls.iter_mut().enumerate() {
            match call.phase {
                Phase::Over => *call = Call { phase: Phase::Over, ..Call::default() },
                Phase::NotBegun => {}
                _ => under_way = under_way.with(number),
            }
        }
        for call in &mut self.calls {
            if let Phase::Body(fill) | Phase::Store(fill) = &mut call.phase {
                fill.elders = fill.elders.only(under_way);
            }
        }
    }

    fn settle(&mut self) {
        let mut followed_by_all = self.applied;
        self.each_body(&mut |body| followed_by_all = followed_by_all.only(body.follows));
        for (writer, invalidation) in self.invalidations.iter_mut().enumerate() {
            match invalidation {
                // It was told of an error, so nobody is owed anything.
                Invalidation::Failed => followed_by_all = followed_by_all.with(writer),
                Invalidation::Applied if followed_by_all.has(writer) => *invalidation = Invalidation::Returned,
                _ => {}
            }
        }
        self.applied = self.applied.without(followed_by_all);
        self.returned = self.returned.without(followed_by_all);
        for call in &mut self.calls {
            call.owed = call.owed.without(followed_by_all);
        }
        self.each_body(&mut |body| body.follows = body.follows.without(followed_by_all));
    }

    fn rename(&mut self) {
        let at_server = self.ids_at_server();
        let mut found = [false; 256];
        let mut in_use = [false; 256];
        for call in &mut self.calls {
            if let Wire::Back(Reply::Held(slot)) = &mut call.wire {
                slot.each_id(&mut |id| found[usize::from(*id)] = true);
            }
            if !matches!(call.phase, Phase::Wait(_)) {
                call.phase.each_id(&mut |id| in_use[usize::from(*id)] = true);
            }
        }
        let mut names = [GONE; 256];
        let mut next = 0;
        self.each_id(&mut |id| {
            let old = usize::from(*id);
            if *id >= PROCESS_TOKENS {
                return;
            }
            if names[old] == GONE && (at_server[old] || found[old] && in_use[old]) {
                names[old] = next;
                next += 1;
            }
            *id = names[old];
        });
        self.next = next;
    }

    /// What is at the server, or may come there. Requests that can do nothing any more are dropped.
    fn ids_at_server(&mut self) -> [bool; 256] {
        loop {
            let mut live = [false; 256];
            live[usize::from(PROCESS_TOKENS)..usize::from(GONE)].fill(true);
            let mut add = |id: &mut Id| live[usize::from(*id)] = true;
            self.server.slot.each_id(&mut add);
            self.server.lock.each_id(&mut add);
            for request in &mut self.late {
                request.each_new_id(&mut add);
            }
            for call in &mut self.calls {
                if let Wire::Sent(request) = &mut call.wire {
                    request.each_new_id(&mut add);
                }
            }
            live[usize::from(GONE)] = false;
            let before = self.late.len();
            self.late.retain(|request| request.wanted().is_none_or(|id| live[usize::from(id)]));
            if self.late.len() == before {
                return live;
            }
        }
    }

    fn each_id(&mut self, with: &mut impl FnMut(&mut Id)) {
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

    fn each_body(&mut self, with: &mut impl FnMut(&mut Body)) {
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
    fn each_id(&mut self, with: &mut impl FnMut(&mut Id)) {
        match self {
            Self::Absent => {}
            Self::Lease(token) => with(token),
            Self::Value(value) => with(&mut value.mark),
        }
    }

    fn each_body(&mut self, with: &mut impl FnMut(&mut Body)) {
        if let Self::Value(value) = self {
            with(&mut value.body);
        }
    }
}

impl Lock {
    fn each_id(&mut self, with: &mut impl FnMut(&mut Id)) {
        if let Self::Held(token) = self {
            with(token);
        }
    }
}

impl Start {
    fn each_id(&mut self, with: &mut impl FnMut(&mut Id)) {
        match self {
            Self::Lease(id) | Self::Mark(id) => with(id),
            Self::Content(_) => {}
        }
    }
}

impl Request {
    fn each_id(&mut self, with: &mut impl FnMut(&mut Id)) {
        if let Self::SetIfStarts(start, _) | Self::DeleteIfStarts(start) = self {
            start.each_id(with);
        }
        if let Self::Unlock(token) | Self::HoldOff(token) = self {
            with(token);
        }
        self.each_new_id(with);
    }

    /// What it brings to the server.
    fn each_new_id(&mut self, with: &mut impl FnMut(&mut Id)) {
        match self {
            Self::SetIfAbsent(slot) | Self::SetIfStarts(_, slot) | Self::Set(slot) => slot.each_id(with),
            Self::Lock(token) => with(token),
            _ => {}
        }
    }

    /// What has to be at the server for it to do anything.
    fn wanted(self) -> Option<Id> {
        match self {
            Self::SetIfStarts(Start::Lease(id) | Start::Mark(id), _)
            | Self::DeleteIfStarts(Start::Lease(id) | Start::Mark(id))
            | Self::Unlock(id)
            | Self::HoldOff(id) => Some(id),
            _ => None,
        }
    }

    fn each_body(&mut self, with: &mut impl FnMut(&mut Body)) {
        if let Self::SetIfAbsent(slot) | Self::SetIfStarts(_, slot) | Self::Set(slot) = self {
            slot.each_body(with);
        }
    }
}

impl Phase {
    fn each_id(&mut self, with: &mut impl FnMut(&mut Id)) {
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

    fn each_body(&mut self, with: &mut impl FnMut(&mut Body)) {
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
