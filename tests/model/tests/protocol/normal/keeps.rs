//! The normal form of states loses nothing: with it and without it, the same states are reached.

use std::collections::HashSet;

use protocol_model::reached;

use crate::setup::{Budget, Setup};
use crate::setups::{fills, refills, refreshes};
use crate::slot::GONE;
use crate::state::State;

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
    let comparable =
        |setup: &Setup| -> HashSet<State> { reached(setup).into_iter().map(comparable).collect() };
    let normal = comparable(&setup);
    let verbatim = comparable(&Setup { verbatim: true, ..setup });
    assert!(normal == verbatim, "{} and {} states", normal.len(), verbatim.len());
}

#[test]
fn the_normal_form_loses_nothing() {
    let budget = Budget { timeouts: 1, losses: 1, cancels: 1, crashes: 1, ..Budget::default() };
    loses_nothing(&fills(), budget);
    loses_nothing(&refreshes(), budget);
    loses_nothing(&refills(), Budget { failures: 1, ..budget });
}
