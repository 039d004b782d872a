//! The one form of states that only differ in what can no longer matter. It keeps the space small, and nothing that can
//! still happen gets lost by it:
//! - tokens and marks are equal or not, and that is all: so they are numbered in the order in which they are met;
//! - one that has gone from the server, and that no request can bring back, never matches again: all of these are [`GONE`];
//! - a request that nobody waits for, and that compares with such a one, does nothing whenever it comes;
//! - an invalidation that each body of now has begun after is kept by whatever is answered from now on.

mod keeps;
mod visit;

use protocol_model::Set;

use crate::server::Reply;
use crate::slot::{GONE, Id};
use crate::state::{Call, Invalidation, Phase, State, Wire};

/// Tokens from here on are not of one fill (a mutation), so they are never gone.
pub(crate) const PROCESS_TOKENS: Id = 0xF0;

impl State {
    /// Brings the state into that form.
    pub(crate) fn normalize(&mut self) {
        self.forget_the_dead();
        self.rename();
        self.settle();
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
                Invalidation::Applied if followed_by_all.has(writer) => {
                    *invalidation = Invalidation::Returned;
                }
                _ => {}
            }
        }
        self.applied = self.applied.without(followed_by_all);
        self.returned = self.returned.without(followed_by_all);
        for call in &mut self.calls {
            call.owed = call.owed.without(followed_by_all);
        }
        // Also of refreshes that others have outdone.
        let applied = self.applied;
        self.each_body(&mut |body| body.follows = body.follows.only(applied));
    }

    fn rename(&mut self) {
        let at_server = self.ids_at_server();
        let mut found = [false; 256];
        let mut in_use = [false; 256];
        for call in &mut self.calls {
            if let Wire::Back(Reply::Held(slot)) = &mut call.wire {
                slot.each_id(&mut |id| {
                    // Two that have found the same may come to follow one another.
                    in_use[usize::from(*id)] |= found[usize::from(*id)];
                    found[usize::from(*id)] = true;
                });
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
}
