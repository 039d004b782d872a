//! `call::lease`: acquire, take over, mark, and what their replies mean.

use super::Step;
use crate::mutation::Mutation;
use crate::normal::PROCESS_TOKENS;
use crate::server::Request;
use crate::slot::{Id, Slot, Start, Value};
use crate::state::Phase;

impl Step<'_> {
    /// `call::lease::acquire`.
    pub(super) fn acquire(&mut self, call: usize) {
        let token = self.token(call);
        self.send(call, Phase::Acquire(token), Request::SetIfAbsent(Slot::Lease(token)));
    }

    fn token(&mut self, call: usize) -> Id {
        if self.setup.mutated(Mutation::TokenPerProcess) {
            return PROCESS_TOKENS + self.setup.calls[call].process;
        }
        self.draw()
    }

    pub(super) fn acquired(&mut self, call: usize, token: Id, held: Slot) {
        if held == Slot::Absent {
            return self.begin_body(call, Some(Start::Lease(token)), None);
        }
        // What it found may be older than a call that joined since: followers look for themselves.
        for follower in self.state.followers(call) {
            match held {
                Slot::Value(value) if self.setup.mutated(Mutation::FoundHandedOn) => {
                    self.answer(follower, value.body);
                }
                _ => self.look(follower),
            }
        }
        self.looked(call, held);
    }

    /// `call::lease::take_over`: a lease for another lease, in one step.
    pub(super) fn take_over(&mut self, call: usize, old: Start) {
        let token = self.token(call);
        let request = Request::SetIfStarts(old, Slot::Lease(token));
        self.send(call, Phase::TakeOver(token), request);
    }

    pub(super) fn taken_over(&mut self, call: usize, token: Id, met: bool) {
        if met {
            self.begin_body(call, Some(Start::Lease(token)), None);
        } else {
            self.start_over(call);
        }
    }

    /// `call::refresh::mark`: the same value under a new mark.
    pub(super) fn mark(&mut self, call: usize, value: Value) {
        if self.setup.mutated(Mutation::RefreshWithoutMark) {
            self.refresh_applied(call);
            return self.begin_body(call, Some(Start::Mark(value.mark)), None);
        }
        let mark = self.draw();
        let request = Request::Remark(value.mark, Value { mark, ..value });
        self.send(call, Phase::Mark(mark), request);
    }

    pub(super) fn marked(&mut self, call: usize, mark: Id, met: bool) {
        if met {
            self.begin_body(call, Some(Start::Mark(mark)), None);
        } else {
            self.start_over(call);
        }
    }

    /// Back to the read, with all followers.
    fn start_over(&mut self, call: usize) {
        for follower in self.state.followers(call) {
            self.look(follower);
        }
        self.look(call);
    }

    /// No reply came. The fill runs without the cache: an acquire may still be carried out, after an
    /// invalidation that the body does not know of.
    pub(super) fn lease_lost(&mut self, call: usize, token: Id) {
        let start = Start::Lease(token);
        if self.setup.mutated(Mutation::LateAcquireUsed) {
            return self.begin_body(call, Some(start), None);
        }
        self.state.send_late(Request::DeleteIfStarts(start));
        self.begin_body(call, None, None);
        if self.setup.mutated(Mutation::LateAcquireJoined) {
            self.keep_known(call, start);
        }
    }
}
