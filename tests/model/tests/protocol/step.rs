//! What an action does to a state.

mod board;
mod faults;
mod fill;
mod invalidate;
mod lease;
mod look;
mod refill;

use crate::action::Action;
use crate::server::{Reply, Request};
use crate::setup::Setup;
use crate::slot::{Body, Id};
use crate::state::{Phase, State, Wire};

/// A state that is being changed.
pub(crate) struct Step<'a> {
    setup: &'a Setup,
    state: State,
}

impl<'a> Step<'a> {
    /// The state after `action`.
    pub(crate) fn take(setup: &'a Setup, state: &State, action: Action) -> State {
        let mut step = Self { setup, state: state.clone() };
        step.act(action);
        if setup.verbatim {
            step.state.late.sort_unstable();
        } else {
            step.state.normalize();
        }
        step.state
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Begin(call) => self.begin(call),
            Action::Apply(call) => self.apply(call),
            Action::Reply(call) => self.reply(call),
            Action::TimeOut(call) => self.time_out(call),
            Action::Poll(call) => self.look(call),
            Action::Impatient(call) => self.impatient(call),
            Action::BodyReturns(call) => self.body_returns(call),
            Action::BodyFails(call) => self.body_fails(call),
            Action::Cancel(call) => self.cancel(call),
            Action::Overrun(call) => self.overrun(call),
            Action::Crash(process) => self.crash(process),
            Action::Invalidate(writer) => self.invalidate(writer),
            Action::ApplyUnlink(writer) => self.apply_unlink(writer),
            Action::Invalidated(writer) => self.invalidated(writer),
            Action::InvalidationFails(writer) => self.invalidation_fails(writer),
            Action::ApplyLate(index) => self.apply_late(index),
            Action::Lose(index) => {
                self.state.late.remove(index);
            }
            Action::Age => self.age(),
            Action::Vanish => self.vanish(),
            Action::Unlock => self.unlock(),
            Action::Flush => self.flush(),
        }
    }

    fn apply(&mut self, call: usize) {
        let Wire::Sent(request) = self.state.calls[call].wire else { return };
        let reply = self.state.server.apply(request);
        self.state.calls[call].wire = Wire::Back(reply);
        match self.state.calls[call].phase {
            // Whether the commit was accepted changes nothing for its call, so its reply is no step of its own.
            Phase::Store(fill) => self.stored(call, fill),
            Phase::Acquire(_) if reply == Reply::Held(crate::slot::Slot::Absent) => {
                self.refresh_applied(call);
            }
            Phase::TakeOver(_) | Phase::Mark(_) if reply == Reply::Done(true) => {
                self.refresh_applied(call);
            }
            _ => {}
        }
    }

    fn apply_late(&mut self, index: usize) {
        let request = self.state.late.remove(index);
        let reply = self.state.server.apply(request);
        // The mark of a refresh that nobody goes on with: it keeps earlier ones from storing their value.
        if matches!(request, Request::Remark(..)) && reply == Reply::Done(true) {
            self.forget_refreshes();
        }
    }

    fn reply(&mut self, call: usize) {
        let Wire::Back(reply) = self.state.calls[call].wire else { return };
        self.state.calls[call].wire = Wire::Idle;
        match (self.state.calls[call].phase, reply) {
            (Phase::Look, Reply::Held(slot)) => self.looked(call, slot),
            (Phase::Acquire(token), Reply::Held(slot)) => self.acquired(call, token, slot),
            (Phase::TakeOver(token), Reply::Done(met)) => self.taken_over(call, token, met),
            (Phase::Mark(mark), Reply::Done(met)) => self.marked(call, mark, met),
            (Phase::Lock(token, stale), Reply::Done(met)) => self.locked(call, token, stale, met),
            (phase, reply) => unreachable!("{phase:?} got {reply:?}"),
        }
    }

    fn send(&mut self, call: usize, phase: Phase, request: Request) {
        self.state.calls[call].phase = phase;
        self.state.calls[call].wire = Wire::Sent(request);
    }

    /// The caller gets what `body` returned. Here the promise is kept or broken.
    fn answer(&mut self, call: usize, body: Body) {
        self.state.wrong |= !body.follows.includes(self.state.calls[call].owed);
        self.leave(call);
    }

    fn leave(&mut self, call: usize) {
        let call = &mut self.state.calls[call];
        (call.phase, call.wire) = (Phase::Over, Wire::Idle);
    }

    /// A new token or mark.
    fn draw(&mut self) -> Id {
        let id = self.state.next;
        self.state.next += 1;
        id
    }
}
