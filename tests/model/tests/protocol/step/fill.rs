//! A run of the body, from its beginning to the commit.

use protocol_model::Set;

use super::Step;
use crate::mutation::Mutation;
use crate::server::Request;
use crate::slot::{Body, Id, Slot, Start, Value};
use crate::state::{Fill, Phase};

impl Step<'_> {
    pub(super) fn begin_body(
        &mut self,
        call: usize,
        start: Option<Start>,
        refill: Option<(Id, Value)>,
    ) {
        let saw = if self.setup.versions { self.state.written } else { Set::EMPTY };
        let body = Body { saw, follows: self.state.applied };
        let elders = self.elders(call);
        let fill = Fill { start, stores: start.is_some(), body, elders, refill };
        self.state.calls[call].phase = Phase::Body(fill);
        self.idle(call);
    }

    pub(super) fn body_returns(&mut self, call: usize) {
        let Phase::Body(fill) = self.state.calls[call].phase else { return };
        for follower in self.state.followers(call) {
            self.answer(follower, fill.body);
        }
        self.answer(call, fill.body);
        let Some(start) = fill.start.filter(|_| fill.stores) else { return };
        let mark = self.draw();
        let value = Slot::Value(Value { mark, body: fill.body, stale: false });
        let request = if self.setup.mutated(Mutation::UnconditionalCommit) {
            Request::Set(value)
        } else {
            Request::SetIfStarts(start, value)
        };
        self.send(call, Phase::Store(fill), request);
    }

    /// The commit has reached the server.
    pub(super) fn stored(&mut self, call: usize, fill: Fill) {
        if let Some((token, _)) = fill.refill {
            self.state.send_late(Request::Unlock(token));
        }
        // Whether it was accepted or not: what is there now must be no older than this refresh.
        if let Some(bit) = self.setup.refresh_bit(call).filter(|&bit| self.state.applied.has(bit)) {
            self.state.returned = self.state.returned.with(bit);
        }
        self.leave(call);
    }

    pub(super) fn body_fails(&mut self, call: usize) {
        self.state.budget.failures -= 1;
        let Phase::Body(fill) = self.state.calls[call].phase else { return };
        for follower in self.state.followers(call) {
            self.fail(follower, fill);
        }
        self.give_up(fill);
        if let Some((token, stale)) = fill.refill {
            self.state.send_late(Request::HoldOff(token));
            self.answer(call, stale.body);
        } else {
            self.leave(call);
        }
    }

    /// A follower of a body that failed: it gets the error, runs the body itself, or takes the stale value, if it has
    /// read that itself.
    fn fail(&mut self, follower: usize, fill: Fill) {
        let read = matches!(self.state.calls[follower].phase, Phase::Follow(_, true));
        let read = read || self.setup.mutated(Mutation::StaleHandedOn);
        match fill.refill {
            Some((_, stale)) if read => self.answer(follower, stale.body),
            _ => self.leave(follower),
        }
    }

    /// `call::lease::give_up`, in the background.
    pub(super) fn give_up(&mut self, fill: Fill) {
        if let Some(start @ Start::Lease(_)) = fill.start.filter(|_| fill.stores) {
            self.state.send_late(Request::DeleteIfStarts(start));
        }
    }

    /// A refresh has made its mark: from here on it counts as an invalidation of all that is older.
    pub(super) fn refresh_applied(&mut self, call: usize) {
        if let Some(bit) = self.setup.refresh_bit(call) {
            self.forget_refreshes();
            self.state.applied = self.state.applied.with(bit);
        }
    }

    /// The refresh that marks last wins, so nothing is owed to those before.
    pub(super) fn forget_refreshes(&mut self) {
        let refreshes = self.setup.refresh_bits();
        self.state.applied = self.state.applied.without(refreshes);
        self.state.returned = self.state.returned.without(refreshes);
        for call in &mut self.state.calls {
            call.owed = call.owed.without(refreshes);
        }
    }
}
