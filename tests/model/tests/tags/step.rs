//! What an action does to a state.

mod faults;
mod fill;
mod look;
mod mint;
mod write;

use crate::action::Action;
use crate::server::Request;
use crate::setup::Setup;
use crate::slot::Body;
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
        if setup.verbatim {
            step.state.late.sort_unstable();
        } else {
            step.state.normalize(setup);
        }
        step.state
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Begin(call) => self.begin(call),
            Action::Read(call) => self.read(call),
            Action::ReadTags(call) => self.read_tags(call),
            Action::Look(call) => self.look(call),
            Action::Acquire(call) => self.acquire(call),
            Action::Mint(call) => self.mint(call),
            Action::Poll(call) => self.state.calls[call].phase = Phase::Read,
            Action::BodyReturns(call) => self.body_returns(call),
            Action::Commit(call) => self.commit(call),
            Action::TimeOut(call) => self.time_out(call),
            Action::BeginWrite(writer) => self.begin_write(writer),
            Action::CommitWrite(writer) => self.commit_write(writer),
            Action::Invalidate(writer) => self.invalidate(writer),
            Action::LoseInvalidation(writer) => self.lose_invalidation(writer),
            Action::Crash(process) => self.crash(process),
            Action::CrashWriter(writer) => self.crash_writer(writer),
            Action::ApplyLate(late) => self.apply_late(late),
            Action::Lose(late) => {
                self.state.late.remove(late);
            }
            Action::EndRight(writer) => self.end_right(writer),
            Action::VanishSlot => self.vanish_slot(),
            Action::VanishTag(tag) => self.vanish_tag(tag),
            Action::VanishClock => self.vanish_clock(),
            Action::Flush => self.flush(),
        }
    }

    fn apply(&mut self, request: Request) {
        self.state.server.apply(request, self.setup);
    }

    fn send_late(&mut self, request: Request) {
        self.state.late.push(request);
    }

    /// The caller gets what `body` returned. Here the promise is kept or broken.
    fn answer(&mut self, call: usize, body: Body) {
        self.state.wrong |= !body.follows.includes(self.state.calls[call].owed);
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
