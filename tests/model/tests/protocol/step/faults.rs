//! What goes wrong: replies that don't come, calls and processes that end, slots that vanish.

use super::Step;
use crate::server::Request;
use crate::slot::{Lock, Slot, Start};
use crate::state::{Fill, Phase, Wire};

impl Step<'_> {
    /// The caller goes on without a reply. Its request, if the server has not seen it yet, may come
    /// late or never.
    pub(super) fn time_out(&mut self, call: usize) {
        self.state.budget.timeouts -= 1;
        self.abandon(call);
        match self.state.calls[call].phase {
            Phase::Acquire(token) | Phase::TakeOver(token) => self.lease_lost(call, token),
            Phase::Mark(_) => self.begin_body(call, None, None),
            // The lock is advice only.
            Phase::Lock(token, stale) => self.locked(call, token, stale, true),
            // A commit may come whenever it likes. As it is not known, the lease is given up, just in case.
            Phase::Store(fill) => {
                self.give_up(fill);
                self.leave(call);
            }
            _ => self.leave(call),
        }
    }

    fn abandon(&mut self, call: usize) {
        match self.state.calls[call].wire {
            // A read that comes late disturbs nobody.
            Wire::Sent(Request::Get) | Wire::Back(_) | Wire::Idle => {}
            Wire::Sent(request) => self.state.send_late(request),
        }
        self.idle(call);
    }

    pub(super) fn cancel(&mut self, call: usize) {
        self.state.budget.cancels -= 1;
        self.abandon(call);
        let phase = self.state.calls[call].phase;
        self.leave(call);
        match phase {
            Phase::Body(fill) if fill.stores && !self.state.followers(call).is_empty() => {
                self.hand_over(call, fill);
            }
            Phase::Body(fill) | Phase::Store(fill) => self.give_up(fill),
            Phase::Acquire(token) | Phase::TakeOver(token) => {
                self.state.send_late(Request::DeleteIfStarts(Start::Lease(token)));
            }
            _ => {}
        }
        if let Phase::Lock(token, _) | Phase::Body(Fill { refill: Some((token, _)), .. }) = phase {
            self.state.send_late(Request::Unlock(token));
        }
        // Those that nobody leads now look again.
        for follower in self.state.followers(call) {
            self.look(follower);
        }
    }

    pub(super) fn overrun(&mut self, call: usize) {
        self.state.budget.overruns -= 1;
        for follower in self.state.followers(call) {
            self.look(follower);
        }
    }

    pub(super) fn crash(&mut self, process: u8) {
        self.state.budget.crashes -= 1;
        for call in 0..self.state.calls.len() {
            let begun = self.state.calls[call].phase != Phase::NotBegun;
            if begun && self.setup.calls[call].process == process {
                self.abandon(call);
                self.leave(call);
            }
        }
    }

    pub(super) fn age(&mut self) {
        self.state.budget.losses -= 1;
        if let Slot::Value(value) = &mut self.state.server.slot {
            value.stale = true;
        }
    }

    pub(super) fn vanish(&mut self) {
        // In peace, time still passes for leases; they are bounded by the calls.
        self.state.budget.losses = self.state.budget.losses.saturating_sub(1);
        self.state.server.slot = Slot::Absent;
    }

    pub(super) fn unlock(&mut self) {
        self.state.budget.losses -= 1;
        self.state.server.lock = Lock::Free;
    }

    pub(super) fn flush(&mut self) {
        self.state.budget.losses -= 1;
        (self.state.server.slot, self.state.server.lock) = (Slot::Absent, Lock::Free);
    }
}
