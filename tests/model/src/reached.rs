//! Whether the form that states are brought into loses any of them.

use std::collections::HashSet;
use std::hash::Hash;

use crate::Told;

/// All states of `setup`, by the plainest of all searches.
pub fn reached<M: Told<State: Eq + Hash>>(setup: &M) -> HashSet<M::State> {
    let mut known: HashSet<M::State> = setup.init_states().into_iter().collect();
    let mut open: Vec<M::State> = known.iter().cloned().collect();
    while let Some(state) = open.pop() {
        let mut actions = Vec::new();
        setup.actions(&state, &mut actions);
        let next = actions.into_iter().filter_map(|action| setup.next_state(&state, action));
        open.extend(next.filter(|next| known.insert(next.clone())));
    }
    println!("{}, one by one: {} states", setup.name(), known.len());
    known
}
