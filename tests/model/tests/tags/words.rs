//! A path in words.

use protocol_model::Told;

use crate::action::Action;
use crate::setup::Setup;
use crate::slot::{Epoch, Slot, Tag};
use crate::state::State;

impl Told for Setup {
    fn name(&self) -> &str {
        self.name
    }

    fn words(&self, state: &State, action: Option<Action>) -> String {
        let said = action.map_or("(here)".to_owned(), |action| words(self, state, action));
        let server = &state.server;
        let slot = match server.slot {
            Slot::Absent => "-".to_owned(),
            Slot::Lease(call) => format!("lease of {call}"),
            Slot::Value(value) => format!("value of {:?}", &value.epochs[..self.tags.len()]),
        };
        let tags: Vec<String> = server.tags[..self.tags.len()].iter().copied().map(tag).collect();
        let clock = server.clock.map_or("-".to_owned(), epoch);
        format!("slot {slot:<22} tags {:<22} clock {clock:<12} {said}", tags.join(", "))
    }
}

fn tag(tag: Tag) -> String {
    match tag {
        Tag::Absent => "-".to_owned(),
        Tag::Epoch(made) => epoch(made),
        Tag::Intent(writers) => format!("intent {writers:?}"),
    }
}

fn epoch(epoch: Epoch) -> String {
    format!("{:?}/{}", epoch.maker, epoch.stamp)
}

fn words(setup: &Setup, state: &State, action: Action) -> String {
    let who = |call: usize| format!("call {call} of process {}", setup.calls[call]);
    let writer = |number: usize| {
        let writing = setup.writers[number];
        format!("writer {number} ({:?}, tag {})", writing.how, writing.tag)
    };
    match action {
        Action::Begin(call) => format!("{} begins", who(call)),
        Action::Read(call) => format!("the server carries out the read of {}", who(call)),
        Action::ReadTags(call) => format!("{} has its tags read", who(call)),
        Action::Look(call) => format!("{} gets what was read", who(call)),
        Action::Acquire(call) => format!("{} asks for the lease", who(call)),
        Action::Mint(call) => format!("{} mints", who(call)),
        Action::Poll(call) => format!("{} looks again", who(call)),
        Action::BodyReturns(call) => format!("the body of {} returns", who(call)),
        Action::Commit(call) => format!("the server carries out the commit of {}", who(call)),
        Action::TimeOut(call) => format!("{} gets no reply", who(call)),
        Action::BeginWrite(number) => format!("{} begins", writer(number)),
        Action::CommitWrite(number) => format!("{} commits to the database", writer(number)),
        Action::Invalidate(number) => {
            format!("{} tells the cache: {:?}", writer(number), state.writers[number].stage)
        }
        Action::LoseInvalidation(number) => format!("{} gets no reply", writer(number)),
        Action::Crash(process) => format!("process {process} crashes"),
        Action::CrashWriter(number) => format!("{} crashes", writer(number)),
        Action::ApplyLate(late) => format!("late, the server carries out {:?}", state.late[late]),
        Action::Lose(late) => format!("lost: {:?}", state.late[late]),
        Action::EndRight(number) => format!("the right of {} is over", writer(number)),
        Action::VanishSlot => "the slot is deleted, evicted, or runs out".to_owned(),
        Action::VanishTag(tag) => format!("the slot of tag {tag} is deleted or evicted"),
        Action::VanishClock => "the clock is deleted or evicted".to_owned(),
        Action::Flush => "FLUSHALL".to_owned(),
    }
}
