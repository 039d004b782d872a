//! The model as `stateright` sees it, with its properties.

use stateright::{Model, Property};

use crate::action::Action;
use crate::enabled::enabled;
use crate::server::{Reply, Request};
use crate::setup::Setup;
use crate::slot::Slot;
use crate::state::{Invalidation, Phase, State, Wire};
use crate::step::Step;

/// No call was answered against the promise.
pub(crate) const PROMISE: &str =
    "no answer is older than an invalidation that had returned before the call";
/// The same for what is stored, whoever may read it.
pub(crate) const SLOT: &str =
    "no value in the slot is older than an invalidation that has returned";
/// Liveness.
pub(crate) const FILLED: &str = "the slot is filled in the end";

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
            Property::always(SLOT, |_, state: &State| match state.server.slot {
                Slot::Value(value) => value.body.follows.includes(state.returned),
                Slot::Absent | Slot::Lease(_) => true,
            }),
        ];
        if self.last_in_peace {
            properties.push(Property::eventually(FILLED, |_, state: &State| {
                let last = state.calls.last().is_some_and(|call| call.phase == Phase::Over);
                last && matches!(state.server.slot, Slot::Value(_))
            }));
        }
        properties.extend(self.shows.iter().map(|sight| sight.property()));
        properties
    }
}

/// Something that has to be seen on the way, or the configuration shows less than it seems to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sight {
    /// A commit that the server is going to refuse.
    RefusedCommit,
    /// An acquire that nobody waits for, and that is still on its way when an invalidation has returned.
    LateAcquire,
    /// A call follows another.
    Follower,
    /// A follower has taken the lease over.
    Takeover,
    /// A stale value is about to be served, as another refills.
    StaleServed,
    /// A lease whose fill is over.
    OrphanedLease,
}

impl Sight {
    fn property(self) -> Property<Setup> {
        match self {
            Self::RefusedCommit => {
                Property::sometimes("a commit is refused", |_, state: &State| {
                    state.calls.iter().any(|call| match (call.phase, call.wire) {
                        (Phase::Store(fill), Wire::Sent(_)) => {
                            !fill.start.is_some_and(|start| state.server.slot.starts(start))
                        }
                        _ => false,
                    })
                })
            }
            Self::LateAcquire => {
                Property::sometimes("an acquire comes late", |_, state: &State| {
                    let late = |request: &Request| matches!(request, Request::SetIfAbsent(_));
                    state.invalidations.contains(&Invalidation::Returned)
                        && state.late.iter().any(late)
                })
            }
            Self::Follower => Property::sometimes("a call follows another", |_, state: &State| {
                state.calls.iter().any(|call| matches!(call.phase, Phase::Follow(..)))
            }),
            Self::Takeover => {
                Property::sometimes("a follower has taken over", |_, state: &State| {
                    state.calls.iter().any(|call| {
                        matches!(
                            (call.phase, call.wire),
                            (Phase::TakeOver(_), Wire::Back(Reply::Done(true)))
                        )
                    })
                })
            }
            Self::StaleServed => {
                Property::sometimes("a stale value is served", |_, state: &State| {
                    state.calls.iter().any(|call| {
                        matches!(
                            (call.phase, call.wire),
                            (Phase::Lock(..), Wire::Back(Reply::Done(false)))
                        )
                    })
                })
            }
            Self::OrphanedLease => {
                Property::sometimes("a lease outlives its fill", |_, state: &State| {
                    let over = state.calls.iter().all(|call| call.phase == Phase::Over);
                    over && matches!(state.server.slot, Slot::Lease(_))
                })
            }
        }
    }
}
