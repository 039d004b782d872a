//! A call: the look, the fill, and those who follow it.

use protocol_model::Set;

use super::{Step, number};
use crate::mutation::Mutation;
use crate::server::Request;
use crate::slot::Slot;
use crate::state::{Fill, Phase};

impl Step<'_> {
    pub(super) fn begin(&mut self, call: usize) {
        self.state.calls[call].owed = self.state.promised;
        self.state.calls[call].phase = Phase::Read;
    }

    pub(super) fn look(&mut self, call: usize) {
        if let Phase::Look(found) = self.state.calls[call].phase {
            self.looked(call, found);
        }
    }

    fn looked(&mut self, call: usize, found: Slot) {
        if let Slot::Value(version) = found {
            return self.answer(call, version);
        }
        if let Some(leader) = self.flight_to_join(call, found) {
            return self.follow(call, leader);
        }
        let takes_over = self.setup.mutated(Mutation::IntentTakenOver);
        self.state.calls[call].phase = match (found, found.holder()) {
            (Slot::Intent(_), _) if takes_over => Phase::TakeOver(found),
            (_, Some(holder)) => Phase::Wait(holder),
            (_, None) => Phase::Acquire,
        };
    }

    /// The flight of its process that a call, whose read has found `found`, may join.
    fn flight_to_join(&self, call: usize, found: Slot) -> Option<usize> {
        self.mates(call).find(|&mate| match self.state.calls[mate].phase {
            // The body is yet to begin, so it will have begun after the call.
            Phase::Acquire => true,
            Phase::Body(fill) | Phase::Store(fill) => {
                fill.elders.has(call) || found == Slot::Lease(number(mate))
            }
            _ => false,
        })
    }

    fn follow(&mut self, call: usize, leader: usize) {
        if let Phase::Store(fill) = self.state.calls[leader].phase {
            return self.answer(call, fill.version);
        }
        self.state.calls[call].phase = Phase::Follow(number(leader));
    }

    /// The other calls of the same process.
    fn mates(&self, call: usize) -> impl Iterator<Item = usize> + use<'_> {
        let calls = &self.setup.calls;
        (0..calls.len()).filter(move |&mate| mate != call && calls[mate] == calls[call])
    }

    pub(super) fn acquire(&mut self, call: usize) {
        let request = match self.state.calls[call].phase {
            Phase::TakeOver(found) => Request::TakeOver(found, number(call)),
            _ => Request::Acquire(number(call)),
        };
        self.apply(request);
        if self.state.slot == Slot::Lease(number(call)) {
            return self.begin_body(call);
        }
        // What it found may be older than a call that joined since: followers look for themselves.
        self.release(call);
        self.looked(call, self.state.slot);
    }

    fn begin_body(&mut self, call: usize) {
        let under_way = |phase| !matches!(phase, Phase::NotBegun | Phase::Over);
        let elders = self.mates(call).filter(|&mate| under_way(self.state.calls[mate].phase));
        let elders = elders.fold(Set::EMPTY, Set::with);
        let fill = Fill { version: self.state.database, elders };
        self.state.calls[call].phase = Phase::Body(fill);
    }

    pub(super) fn body_returns(&mut self, call: usize) {
        let Phase::Body(fill) = self.state.calls[call].phase else { return };
        for follower in self.state.followers(call) {
            self.answer(follower, fill.version);
        }
        self.answer(call, fill.version);
        self.state.calls[call].phase = Phase::Store(fill);
    }

    pub(super) fn commit(&mut self, call: usize) {
        let Phase::Store(fill) = self.state.calls[call].phase else { return };
        self.apply(Request::Commit(number(call), fill.version));
        self.leave(call);
    }

    /// Those whom nobody leads now look again.
    pub(super) fn release(&mut self, leader: usize) {
        for follower in self.state.followers(leader) {
            self.state.calls[follower].phase = Phase::Read;
        }
    }
}
