//! A model of the slot protocol, for the model checker `stateright`.
use stateright::{Model, Property};
mod action;
mod enabled;
mod mutation;
mod normal;
mod server;
mod set;
mod setup;
mod slot;
mod state;
mod step;

pub use action::Action;
pub use mutation::Mutation;
pub use setup::{Budget, Caller, Setup};
pub use slot::{Body, Slot, Value};
pub use state::*;
pub use server::*;
pub use slot::*;

impl Model for Setup {
    type State = State;
    type Action = Action;
    fn init_states(&self) -> Vec<State> {
        self.slots.iter().map(|&slot| State::start(slot, self.calls.len(), self.invalidations, self.budget)).collect()
    }
    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        enabled::enabled(self, state, actions);
    }
    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        Some(step::Step::take(self, state, action))
    }
    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("answers", |_, s: &State| !s.wrong),
            Property::always("slot", |_, s: &State| match s.server.slot { Slot::Value(v) => v.body.follows.includes(s.returned), _ => true }),
        ]
    }
}
