//! The model as `stateright` sees it, with its properties.

use stateright::{Model, Property};

use crate::action::Action;
use crate::enabled::enabled;
use crate::server::Request;
use crate::setup::{Named, Setup};
use crate::slot::{Slot, Tag, Value};
use crate::state::{Phase, Stage, State};
use crate::step::Step;

/// No call was answered against the promise.
const PROMISE: &str = "no answer is older than an invalidation that had returned before the call";
/// The same for what is stored and valid, whoever may read it.
const SLOT: &str = "no valid value in the slot is older than an invalidation that is promised";
/// Liveness.
const FILLED: &str = "a valid value is in the slot in the end";

impl Model for Setup {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::start(false, self), State::start(true, self)]
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
            Property::always(SLOT, |setup: &Self, state: &State| {
                valid(setup, state).is_none_or(|value| value.body.follows.includes(state.kept))
            }),
        ];
        if self.in_peace > 0 {
            properties.push(Property::eventually(FILLED, |setup: &Self, state: &State| {
                let last = state.calls.last().is_some_and(|call| call.phase == Phase::Over);
                last && valid(setup, state).is_some()
            }));
        }
        properties.extend(self.shows.iter().map(|sight| sight.property()));
        properties
    }
}

/// The value in the slot, if a read would find it valid.
fn valid(setup: &Setup, state: &State) -> Option<Value> {
    let Slot::Value(value) = state.server.slot else { return None };
    let has = |tag: usize| match state.server.tags[tag] {
        Tag::Epoch(epoch) => epoch.maker == value.epochs[tag],
        Tag::Absent | Tag::Intent(_) => false,
    };
    (0..setup.tags.len()).all(has).then_some(value)
}

/// Something that has to be seen on the way, or the configuration shows less than it seems to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sight {
    /// A fill is about to store a value that is outdated already.
    BornOutdated,
    /// A fill is not to be stored, as the clock says that a tag of its result may have changed.
    RefusedByClock,
    /// A call has found the lease of its own process, and does not follow.
    NotFollowed,
    /// A call follows another.
    Follower,
    /// A mint is on its way that nobody waits for.
    LateMint,
    /// An intent whose writer has committed and crashed.
    OrphanedIntent,
    /// A value is replaced whose tag has changed.
    Takeover,
}

impl Sight {
    fn property(self) -> Property<Setup> {
        match self {
            Self::BornOutdated => {
                Property::sometimes("a value is stored outdated", |setup: &Setup, state: &State| {
                    let old = |fill: crate::state::Fill| {
                        setup.named(Named::ByArguments).any(|tag| {
                            let now = state.server.tags[tag].epoch().map(|epoch| epoch.maker);
                            now != Some(fill.epochs[tag])
                        })
                    };
                    state.calls.iter().enumerate().any(|(number, call)| match call.phase {
                        Phase::Store(fill) => {
                            let lease = Slot::Lease(u8::try_from(number).unwrap_or(u8::MAX));
                            state.server.slot == lease && old(fill)
                        }
                        _ => false,
                    })
                })
            }
            Self::RefusedByClock => {
                Property::sometimes("the clock has changed", |_, state: &State| {
                    state.calls.iter().any(|call| match call.phase {
                        Phase::MintAfter(fill) => state.server.clock != Some(fill.clock),
                        _ => false,
                    })
                })
            }
            Self::NotFollowed => {
                Property::sometimes("a fill is not followed", |setup: &Setup, state: &State| {
                    state.calls.iter().enumerate().any(|(number, call)| match call.phase {
                        Phase::Wait(other) => {
                            let leader = usize::from(other);
                            setup.calls[leader] == setup.calls[number]
                                && matches!(state.calls[leader].phase, Phase::Body(_))
                        }
                        _ => false,
                    })
                })
            }
            Self::Follower => Property::sometimes("a call follows another", |_, state: &State| {
                state.calls.iter().any(|call| matches!(call.phase, Phase::Follow(_)))
            }),
            Self::LateMint => Property::sometimes("a mint comes late", |_, state: &State| {
                state.late.iter().any(|request| matches!(request, Request::Mint(..)))
            }),
            Self::OrphanedIntent => {
                Property::sometimes("an intent outlives its writer", |_, state: &State| {
                    let crashed = |(number, writer): (usize, &crate::state::Writer)| {
                        writer.stage == Stage::Over
                            && state.kept.has(number)
                            && !state.returned.has(number)
                    };
                    state.writers.iter().enumerate().any(crashed)
                })
            }
            Self::Takeover => {
                Property::sometimes("an outdated value is replaced", |_, state: &State| {
                    state.calls.iter().any(|call| matches!(call.phase, Phase::TakeOver(_)))
                })
            }
        }
    }
}
