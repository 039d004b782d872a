//! A fill, from its lease to the commit.

use protocol_model::Set;

use super::{Step, number};
use crate::mutation::Mutation;
use crate::server::Request;
use crate::slot::{Body, Epoch, Maker, Slot, TAGS, Value};
use crate::state::{Fill, Phase, Stage};

impl Step<'_> {
    pub(super) fn acquire(&mut self, call: usize) {
        let request = match self.state.calls[call].phase {
            Phase::TakeOver(mark) => Request::TakeOver(number(call), mark),
            _ => Request::Acquire(number(call)),
        };
        self.apply(request);
        if self.state.server.slot == Slot::Lease(number(call)) {
            self.state.calls[call].phase = Phase::Mint;
            return;
        }
        // Others were faster. What they left may be older than a call that joined since, and its tags are not known.
        self.release(call);
        self.state.calls[call].phase = Phase::Read;
    }

    pub(super) fn begin_body(&mut self, call: usize, epochs: [Maker; TAGS], clock: Epoch) {
        let under_way = |phase| !matches!(phase, Phase::NotBegun | Phase::Over);
        let elders = self.mates(call).filter(|&mate| under_way(self.state.calls[mate].phase));
        let elders = elders.fold(Set::EMPTY, Set::with);
        let body = Body { follows: self.state.applied };
        let amid = (0..self.state.writers.len())
            .filter(|&writer| self.state.writers[writer].stage == Stage::Body)
            .fold(Set::EMPTY, Set::with);
        self.state.calls[call].phase = Phase::Body(Fill { body, epochs, clock, elders, amid });
    }

    pub(super) fn body_returns(&mut self, call: usize) {
        let Phase::Body(fill) = self.state.calls[call].phase else { return };
        for follower in self.state.followers(call) {
            self.answer(follower, fill.body);
        }
        self.answer(call, fill.body);
        let mints = self.setup.names_by_result() || self.setup.mutated(Mutation::MintAfterBody);
        self.state.calls[call].phase =
            if mints { Phase::MintAfter(fill) } else { Phase::Store(fill) };
    }

    pub(super) fn commit(&mut self, call: usize) {
        let Phase::Store(fill) = self.state.calls[call].phase else { return };
        self.apply(commitment(call, fill));
        self.leave(call);
    }

    /// `call::lease::give_up`, in the background. A body that still runs is right by itself.
    pub(super) fn give_up(&mut self, call: usize) {
        self.send_late(Request::GiveUp(number(call)));
        self.release(call);
        self.leave(call);
    }
}

pub(super) fn commitment(call: usize, fill: Fill) -> Request {
    let value = Value { mark: number(call), body: fill.body, epochs: fill.epochs };
    Request::Commit(number(call), value)
}
