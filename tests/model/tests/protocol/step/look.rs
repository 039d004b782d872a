//! `call::look`: the read, and what a call does next.

use super::Step;
use crate::mutation::Mutation;
use crate::server::Request;
use crate::slot::{Slot, Start};
use crate::state::{Phase, Wire};

impl Step<'_> {
    pub(super) fn begin(&mut self, call: usize) {
        self.state.calls[call].owed = self.state.returned;
        let blindly = self.setup.mutated(Mutation::JoinUnread);
        if let Some(leader) = self.any_flight(call).filter(|_| blindly) {
            return self.follow(call, leader, false);
        }
        let shares = self.setup.mutated(Mutation::ReadUnderWayShared);
        let reader = self.mates(call).find(|&mate| self.state.calls[mate].phase == Phase::Look);
        self.look(call);
        if let Some(reader) = reader.filter(|_| shares) {
            self.state.calls[call].wire = self.state.calls[reader].wire;
        }
    }

    /// Sends a `GET`. In the runtime calls of one process may share one that is sent after each of
    /// them began; here each has its own, which allows the same and more.
    pub(super) fn look(&mut self, call: usize) {
        self.send(call, Phase::Look, Request::Get);
    }

    pub(super) fn looked(&mut self, call: usize, found: Slot) {
        if self.setup.calls[call].refresh {
            return self.refresh(call, found);
        }
        if let Slot::Value(value) = found
            && !value.stale
        {
            return self.answer(call, value.body);
        }
        if let Some(leader) = self.flight_to_join(call, found) {
            return self.follow(call, leader, matches!(found, Slot::Value(_)));
        }
        match found {
            Slot::Absent => self.acquire(call),
            Slot::Lease(token) => self.state.calls[call].phase = Phase::Wait(token),
            Slot::Value(stale) => self.lock(call, stale),
        }
    }

    /// A refresh makes sure first that no older fill can store its value.
    fn refresh(&mut self, call: usize, found: Slot) {
        match found {
            Slot::Absent => self.acquire(call),
            Slot::Lease(token) => self.take_over(call, Start::Lease(token)),
            Slot::Value(value) => self.mark(call, value),
        }
    }

    pub(super) fn impatient(&mut self, call: usize) {
        self.state.budget.impatience -= 1;
        match self.younger_flight(call) {
            Some(leader) => self.follow(call, leader, false),
            None => self.begin_body(call, None, None),
        }
    }

    pub(super) fn idle(&mut self, call: usize) {
        self.state.calls[call].wire = Wire::Idle;
    }
}
