//! The normal form of states loses nothing: with it and without it, the same states are reached.

use std::collections::HashSet;

use stateright::Model;

use crate::setup::{Budget, Setup};
use crate::setups::{fills, refills, refreshes};
use crate::slot::GONE;
use crate::state::State;

/// All states of `setup`, by the plainest of all searches; in the normal form, but only when all is done.
fn reached(setup: &Setup) -> HashSet<State> {
    let mut known: HashSet<State> = setup.init_states().into_iter().collect();
    let mut open: Vec<State> = known.iter().cloned().collect();
    while let Some(state) = open.pop() {
        let mut actions = Vec::new();
        setup.actions(&state, &mut actions);
        let next = actions.into_iter().filter_map(|action| setup.next_state(&state, action));
        open.extend(next.filter(|next| known.insert(next.clone())));
    }
    println!("{}, verbatim {}: {} states", setup.name, setup.verbatim, known.len());
    known.into_iter().map(comparable).collect()
}

/// The normal form, without the names that only requests know that nobody waits for: of those the form leaves open
/// which one comes first.
fn comparable(mut state: State) -> State {
    state.normalize();
    let late = std::mem::take(&mut state.late);
    let mut known = 0;
    state.each_id(&mut |id| known = known.max(id.wrapping_add(1)));
    state.late = late;
    for request in &mut state.late {
        request.each_id(&mut |id| *id = if *id < known { *id } else { GONE });
    }
    state.late.sort_unstable();
    state
}

fn loses_nothing(setup: &Setup, budget: Budget) {
    let calls = setup.calls[..2].to_vec();
    let setup = Setup { calls, budget, invalidations: 1, ..setup.clone() };
    let normal = reached(&setup);
    let verbatim = reached(&Setup { verbatim: true, ..setup });
    assert!(normal == verbatim, "{} and {} states", normal.len(), verbatim.len());
}

#[test]
fn the_normal_form_loses_nothing() {
    let budget = Budget { timeouts: 1, losses: 1, cancels: 1, crashes: 1, ..Budget::default() };
    loses_nothing(&fills(), budget);
    loses_nothing(&refreshes(), budget);
    loses_nothing(&refills(), Budget { failures: 1, ..budget });
}
