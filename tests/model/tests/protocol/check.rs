//! Runs the checker over a configuration.

use std::time::Instant;

use stateright::{Checker, Expectation, HasDiscoveries, Model};

use crate::setup::Setup;
use crate::words::tell;

/// Visits every state of `setup`.
///
/// Depth first: of a state that has been visited only a number is kept, so millions of them fit into a small memory.
/// There are no cycles (each call runs its body once, and what else can happen is bounded), so that each path ends, and
/// what has to happen "in the end" can be judged where it does.
pub(crate) fn holds(setup: &Setup) {
    let began = Instant::now();
    let checker = setup.clone().checker().threads(2).spawn_dfs().join();
    println!(
        "{}: {} states, {} steps, longest path {}, {:.1?}",
        setup.name,
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        began.elapsed()
    );
    for property in setup.properties() {
        match (property.expectation, checker.discovery(property.name)) {
            (Expectation::Sometimes, None) => {
                panic!("{}: never seen: {}", setup.name, property.name)
            }
            (Expectation::Sometimes, Some(_)) | (_, None) => {}
            // The depth first path is long: the shortest one is easier to read.
            (_, Some(path)) => match shortest(setup) {
                Some((name, story)) => panic!("{}: broken: {name}\n{story}", setup.name),
                None => panic!("{}: broken: {}\n{}", setup.name, property.name, tell(setup, path)),
            },
        }
    }
}

/// Looks for a short way to break a property: its name, and the way in words.
pub(crate) fn shortest(setup: &Setup) -> Option<(&'static str, String)> {
    let checker = setup
        .clone()
        .checker()
        .threads(1)
        .target_state_count(MOST)
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    println!("{} {:?}: {} states", setup.name, setup.mutation, checker.unique_state_count());
    setup.properties().iter().find_map(|property| {
        let broken = property.expectation != Expectation::Sometimes;
        let path = checker.discovery(property.name).filter(|_| broken)?;
        Some((property.name, tell(setup, path)))
    })
}

/// Breadth first, the states at the edge are kept whole: so many fit into a few hundred megabytes.
const MOST: usize = 3_000_000;
