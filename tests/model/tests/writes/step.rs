//! What an action does to a state.

mod faults;
mod fill;
mod single;
mod write;

use crate::action::Action;
use crate::server::Request;
use crate::setup::Setup;
use crate::slot::Version;
use crate::state::{Phase, State};

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
        step.state.normalize();
        step.state
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Begin(call) => self.begin(call),
            Action::Read(call) => self.state.calls[call].phase = Phase::Look(self.state.slot),
            Action::Look(call) => self.look(call),
            Action::Acquire(call) => self.acquire(call),
            Action::Poll(call) => self.state.calls[call].phase = Phase::Read,
            Action::BodyReturns(call) => self.body_returns(call),
            Action::Commit(call) => self.commit(call),
            Action::TimeOut(call) => self.time_out(call),
            Action::Cancel(call) => self.cancel(call),
            Action::BeginWrite(writer) => self.begin_write(writer),
            Action::LoseBegin(writer) => self.lose_begin(writer),
            Action::CommitWrite(writer) => self.commit_write(writer),
            Action::FailWrite(writer) => self.fail_write(writer),
            Action::CancelWrite(writer) => self.cancel_write(writer),
            Action::EndWrite(writer) => self.end_write(writer),
            Action::LoseEnd(writer) => self.lose_end(writer),
            Action::StepWrite(writer) => self.step_write(writer),
            Action::Crash(process) => self.crash(process),
            Action::ApplyLate(late) => self.apply_late(late),
            Action::Lose(late) => {
                self.state.late.remove(late);
            }
            Action::EndRight(writer) => self.end_right(writer),
            Action::Vanish => self.vanish(),
        }
    }

    fn apply(&mut self, request: Request) {
        self.state.slot = request.apply(self.state.slot, self.setup.mutation);
        match request {
            Request::BeginWrite(writer) => {
                self.state.writers[usize::from(writer)].is_protected = true;
            }
            Request::EndWrite(writer, _) => self.has_ended(usize::from(writer)),
            _ => {}
        }
    }

    /// The caller gets `version`. Here the promise is kept or broken.
    fn answer(&mut self, call: usize, version: Version) {
        self.state.wrong |= version < self.state.calls[call].owed;
        self.leave(call);
    }

    fn leave(&mut self, call: usize) {
        self.state.calls[call].phase = Phase::Over;
    }
}

/// The number of a call or a writer, as it stands in a request.
fn number(of: usize) -> u8 {
    u8::try_from(of).unwrap_or(u8::MAX)
}
