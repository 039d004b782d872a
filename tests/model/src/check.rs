//! Runs the checker over a configuration.

use std::fmt::{Debug, Write as _};
use std::hash::Hash;
use std::time::Instant;

use stateright::{Checker, Expectation, HasDiscoveries, Model, Path};

/// A configuration of a model, and its words.
pub trait Told:
    Model<
        State: Clone + Debug + Hash + PartialEq + Send + Sync,
        Action: Clone + Debug + PartialEq + Send + Sync,
    > + Clone
    + Send
    + Sync
    + 'static
{
    /// Its name in what is printed.
    fn name(&self) -> &str;

    /// What stands in the slots, and what happens next.
    fn words(&self, state: &Self::State, action: Option<Self::Action>) -> String;
}

/// Visits every state of `setup`.
///
/// Depth first: of a state that has been visited only a number is kept, so millions of them fit into a small memory.
/// There are no cycles (each call runs its body once, and what else can happen is bounded), so that each path ends, and
/// what has to happen "in the end" can be judged where it does.
///
/// # Panics
///
/// If a property doesn't hold: the message tells the way there.
pub fn holds<M: Told>(setup: &M) {
    let began = Instant::now();
    let checker = setup.clone().checker().threads(2).spawn_dfs().join();
    println!(
        "{}: {} states, {} steps, longest path {}, {:.1?}",
        setup.name(),
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        began.elapsed()
    );
    for property in setup.properties() {
        match (property.expectation, checker.discovery(property.name)) {
            (Expectation::Sometimes, None) => {
                panic!("{}: never seen: {}", setup.name(), property.name)
            }
            (Expectation::Sometimes, Some(_)) | (_, None) => {}
            // The depth first path is long: the shortest one is easier to read.
            (_, Some(path)) => match shortest(setup) {
                Some((name, story)) => panic!("{}: broken: {name}\n{story}", setup.name()),
                None => {
                    panic!("{}: broken: {}\n{}", setup.name(), property.name, tell(setup, path))
                }
            },
        }
    }
}

/// Shows that `setup`, in which a protection is off, breaks a property.
///
/// # Panics
///
/// If nothing breaks.
pub fn breaks<M: Told>(setup: &M, mutation: impl Debug) {
    let Some((name, story)) = shortest(setup) else {
        panic!("{}: without this protection nothing breaks: {mutation:?}", setup.name());
    };
    println!("{mutation:?} breaks: {name}\n{story}");
}

/// Looks for a short way to break a property: its name, and the way in words.
pub fn shortest<M: Told>(setup: &M) -> Option<(&'static str, String)> {
    let checker = setup
        .clone()
        .checker()
        .threads(1)
        .target_state_count(MOST)
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    println!("{}, breadth first: {} states", setup.name(), checker.unique_state_count());
    setup.properties().iter().find_map(|property| {
        let broken = property.expectation != Expectation::Sometimes;
        let path = checker.discovery(property.name).filter(|_| broken)?;
        Some((property.name, tell(setup, path)))
    })
}

/// Breadth first, the states at the edge are kept whole: so many fit into a few hundred megabytes.
const MOST: usize = 3_000_000;

/// A path in words: one line for each action.
fn tell<M: Told>(setup: &M, path: Path<M::State, M::Action>) -> String {
    let mut story = String::new();
    for (state, action) in path.into_vec() {
        // A `String` takes everything.
        let _ = writeln!(story, "  {}", setup.words(&state, action));
    }
    story
}
