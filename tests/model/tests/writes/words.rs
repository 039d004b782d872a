//! A path in words.

use protocol_model::Told;

use crate::action::Action;
use crate::setup::Setup;
use crate::state::State;

impl Told for Setup {
    fn name(&self) -> &str {
        self.name
    }

    fn words(&self, state: &State, action: Option<Action>) -> String {
        let said = action.map_or("(here)".to_owned(), |action| words(self, state, action));
        let slot = format!("{:?}", state.slot);
        format!("database {} slot {slot:<50} {said}", state.database)
    }
}

fn words(setup: &Setup, state: &State, action: Action) -> String {
    let who = |call: usize| format!("call {call} of process {}", setup.calls[call]);
    let writer = |number: usize| format!("writer {number} ({:?})", setup.writers[number].how);
    match action {
        Action::Begin(call) => format!("{} begins", who(call)),
        Action::Read(call) => format!("the server carries out the GET of {}", who(call)),
        Action::Look(call) => format!("{} gets {:?}", who(call), state.calls[call].phase),
        Action::Acquire(call) => format!("{} asks for the lease", who(call)),
        Action::Poll(call) => format!("{} looks again", who(call)),
        Action::BodyReturns(call) => format!("the body of {} returns", who(call)),
        Action::Commit(call) => format!("the server carries out the commit of {}", who(call)),
        Action::TimeOut(call) => format!("{} gets no reply", who(call)),
        Action::Cancel(call) => format!("{} is cancelled", who(call)),
        Action::BeginWrite(number) => format!("{} begins", writer(number)),
        Action::LoseBegin(number) => format!("{} begins, and gets no reply", writer(number)),
        Action::CommitWrite(number) => format!("{} commits to the database", writer(number)),
        Action::FailWrite(number) => format!("{} fails, and ends", writer(number)),
        Action::CancelWrite(number) => format!("{} is cancelled", writer(number)),
        Action::EndWrite(number) => format!("{} ends", writer(number)),
        Action::LoseEnd(number) => format!("{} ends, and gets no reply", writer(number)),
        Action::StepWrite(number) => {
            format!("{} goes on: {:?}", writer(number), state.writers[number].stage)
        }
        Action::Crash(process) => format!("process {process} crashes"),
        Action::ApplyLate(late) => format!("late, the server carries out {:?}", state.late[late]),
        Action::Lose(late) => format!("lost: {:?}", state.late[late]),
        Action::EndRight(number) => format!("the right of {} is over", writer(number)),
        Action::Vanish => "the slot is deleted, evicted, or runs out".to_owned(),
    }
}
