//! The model as `stateright` sees it, with its properties.

use stateright::{Model, Property};

use crate::action::Action;
use crate::enabled::enabled;
use crate::setup::Setup;
use crate::slot::{Holder, Slot};
use crate::state::{Phase, Stage, State};
use crate::step::Step;

/// No call was answered against the promise.
const PROMISE: &str = "no answer is older than a write that was promised before the call";
/// The same for what is stored, whoever may read it.
const SLOT: &str = "no value in the slot is older than a write that is promised";
/// Of writers that overlap, too.
const NEWEST: &str =
    "a value in the slot is the newest, unless a writer is to end that lost its intent";
/// Liveness.
const FILLED: &str = "the slot is filled in the end";

impl Model for Setup {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        self.slots.iter().map(|&slot| State::start(slot, self)).collect()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        enabled(self, state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        Some(Step::take(self, state, action))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut properties = vec![
            Property::always(PROMISE, |_, state: &State| !state.wrong),
            Property::always(SLOT, |_, state: &State| match state.slot {
                Slot::Value(version) => version >= state.promised,
                _ => true,
            }),
            Property::always(NEWEST, |_, state: &State| match state.slot {
                Slot::Value(version) => (version + 1..=state.database).all(|newer| {
                    let is_its = |committed| committed == Some(newer);
                    state.writers.iter().any(|writer| is_its(writer.committed))
                }),
                _ => true,
            }),
        ];
        if self.last_in_peace {
            properties.push(Property::eventually(FILLED, |_, state: &State| {
                let last = state.calls.last().is_some_and(|call| call.phase == Phase::Over);
                last && matches!(state.slot, Slot::Value(_))
            }));
        }
        properties.extend(self.shows.iter().map(|sight| sight.property()));
        properties
    }
}

/// Something that has to be seen on the way, or the configuration shows less than it seems to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sight {
    /// A fill's commit is going to be refused, as there is an intent.
    RefusedCommit,
    /// A writer has put its value.
    Put,
    /// Two writers are at work.
    Overlap,
    /// An intent whose writer has crashed or is otherwise over, and whose commit nobody else knows of.
    OrphanedIntent,
    /// A call waits for writers.
    Waits,
    /// A writer has committed without its intent in the slot.
    Unprotected,
    /// A call follows another.
    Follower,
}

impl Sight {
    fn property(self) -> Property<Setup> {
        match self {
            Self::RefusedCommit => {
                Property::sometimes("a commit is refused", |_, state: &State| {
                    let stores = |phase| matches!(phase, Phase::Store(_));
                    state.calls.iter().any(|call| stores(call.phase))
                        && matches!(state.slot, Slot::Intent(_))
                })
            }
            Self::Put => Property::sometimes("a writer has put", |_, state: &State| {
                let begun = state.calls.iter().any(|call| call.phase != Phase::NotBegun);
                !begun && matches!(state.slot, Slot::Value(1..))
            }),
            Self::Overlap => Property::sometimes("two writers at work", |_, state: &State| {
                (0..state.writers.len()).filter(|&writer| state.slot.protects(writer)).count() > 1
            }),
            Self::OrphanedIntent => {
                Property::sometimes("an intent outlives its writer", |_, state: &State| {
                    let orphaned = |(number, writer): (usize, &crate::state::Writer)| {
                        writer.stage == Stage::Over
                            && writer.committed.is_some()
                            && state.slot.protects(number)
                    };
                    state.writers.iter().enumerate().any(orphaned)
                })
            }
            Self::Waits => Property::sometimes("a call waits for writers", |_, state: &State| {
                state.calls.iter().any(|call| call.phase == Phase::Wait(Holder::Writers))
            }),
            Self::Unprotected => {
                Property::sometimes("a commit without an intent", |_, state: &State| {
                    let lost = |writer: &crate::state::Writer| {
                        writer.committed.is_some_and(|version| version > state.promised)
                    };
                    state.writers.iter().any(lost)
                })
            }
            Self::Follower => Property::sometimes("a call follows another", |_, state: &State| {
                state.calls.iter().any(|call| matches!(call.phase, Phase::Follow(_)))
            }),
        }
    }
}
