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
        format!("slot {:<60} {said}", format!("{:?}", state.server.slot))
    }
}

fn words(setup: &Setup, state: &State, action: Action) -> String {
    let who = |call: usize| {
        let kind = if setup.calls[call].refresh { "refresh" } else { "call" };
        format!("{kind} {call} of process {}", setup.calls[call].process)
    };
    match action {
        Action::Begin(call) => format!("{} begins", who(call)),
        Action::Apply(call) => {
            format!("the server carries out {:?} of {}", state.calls[call].wire, who(call))
        }
        Action::Reply(call) => format!("{} gets {:?}", who(call), state.calls[call].wire),
        Action::TimeOut(call) => format!("{} gives up {:?}", who(call), state.calls[call].wire),
        Action::Poll(call) => format!("{} looks at the lease again", who(call)),
        Action::Impatient(call) => format!("{} has waited long enough", who(call)),
        Action::BodyReturns(call) => format!("the body of {} returns", who(call)),
        Action::BodyFails(call) => format!("the body of {} fails", who(call)),
        Action::Cancel(call) => format!("{} is cancelled", who(call)),
        Action::Overrun(call) => format!("{} takes longer than its lease", who(call)),
        Action::Crash(process) => format!("process {process} crashes"),
        Action::Invalidate(writer) => {
            format!("writer {writer} writes to the database, and sends UNLINK")
        }
        Action::ApplyUnlink(writer) => {
            format!("the server carries out the UNLINK of writer {writer}")
        }
        Action::Invalidated(writer) => format!("the invalidation of writer {writer} returns"),
        Action::InvalidationFails(writer) => format!("the invalidation of writer {writer} fails"),
        Action::ApplyLate(late) => format!("late, the server carries out {:?}", state.late[late]),
        Action::Lose(late) => format!("lost: {:?}", state.late[late]),
        Action::Age => "the value becomes stale".to_owned(),
        Action::Vanish => "the slot runs out, or is evicted".to_owned(),
        Action::Unlock => "the refill lock runs out".to_owned(),
        Action::Flush => "FLUSHALL".to_owned(),
    }
}
