//! The normal form of states loses nothing: with it and without it, the same states are reached.

use std::collections::HashSet;

use protocol_model::reached;

use crate::setup::{Budget, Named, Setup};
use crate::setups::{arguments, results, writers};

fn loses_nothing(setup: &Setup, budget: Budget, most: usize) {
    let writers = setup.writers[..most].to_vec();
    let setup = Setup { writers, budget, ..setup.clone() };
    let comparable = |setup: &Setup| -> HashSet<_> {
        let states = reached(setup).into_iter();
        states
            .map(|mut state| {
                state.normalize(setup);
                state
            })
            .collect()
    };
    let normal = comparable(&setup);
    let verbatim = comparable(&Setup { verbatim: true, ..setup });
    assert!(normal == verbatim, "{} and {} states", normal.len(), verbatim.len());
}

#[test]
fn the_normal_form_loses_nothing() {
    let budget = Budget { timeouts: 1, losses: 1, crashes: 1 };
    loses_nothing(&arguments(), budget, 1);
    loses_nothing(&results(), budget, 1);
    loses_nothing(&writers(Named::ByResult), Budget { losses: 0, ..budget }, 1);
}
