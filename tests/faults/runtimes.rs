//! A cache in a static outlives the tokio runtimes that use it, as in test suites.

use cached_runtime::Outcome;
use support::eventually;
use tokio::runtime::Runtime;

use crate::world::{KNOWN, RECOVERY, World};

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn the_runtime_that_connected_ends() {
    let first = runtime();
    let world = first.block_on(async {
        let world = World::start().await;
        world.call(KNOWN).await;
        world
    });
    drop(first);
    for _ in 0..3 {
        // A runtime of its own each time: the connection's task ended with the one before.
        runtime().block_on(async {
            let mut outcomes = Vec::new();
            while outcomes.last() != Some(&Outcome::Hit) && outcomes.len() < 20 {
                outcomes.push(world.call(KNOWN).await);
            }
            eprintln!("another runtime: {outcomes:?}");
            assert!(outcomes.len() <= 2, "{outcomes:?}");
        });
    }
}

#[test]
fn the_runtime_that_probes_ends() {
    let first = runtime();
    let world = first.block_on(async {
        let world = World::start().await;
        world.call(KNOWN).await;
        world.proxy.refuse();
        world.calls_are_bounded("runtime ends").await;
        world.breaker_is_open("runtime ends").await;
        world
    });
    drop(first);
    world.proxy.pass();
    runtime().block_on(world.recovers("runtime ended during an outage"));
}

/// Another runtime lives on, but nobody drives it any more.
#[test]
fn the_runtime_that_probes_stands_still() {
    let first = runtime();
    let world = first.block_on(async {
        let world = World::start().await;
        world.call(KNOWN).await;
        world
    });
    runtime().block_on(async {
        world.calls_are_bounded("runtime stands still").await;
        eventually(RECOVERY, || async { world.call(KNOWN).await == Outcome::Hit }).await;
    });
    drop(first);
}

/// The task that tries to reach the server is on a runtime that nobody drives any more.
#[test]
fn the_runtime_that_recovers_stands_still() {
    let first = runtime();
    let world = first.block_on(async {
        let world = World::start().await;
        world.call(KNOWN).await;
        world.proxy.refuse();
        world.calls_are_bounded("recovery stands still").await;
        world.breaker_is_open("recovery stands still").await;
        world
    });
    world.proxy.pass();
    runtime().block_on(async {
        // Longer than where the task runs: it first has to be missed.
        let start = std::time::Instant::now();
        eventually(2 * RECOVERY, || async { world.call(KNOWN).await == Outcome::Hit }).await;
        eprintln!("recovery stands still: hits were back after {:?}", start.elapsed());
    });
    drop(first);
}

/// Tokio panics where timers or I/O are not enabled; a call does not.
#[test]
fn a_runtime_without_timers_or_io() {
    let world = runtime().block_on(World::start());
    let bare = tokio::runtime::Builder::new_current_thread().build().unwrap();
    // Each on a thread of its own, as in a program with such a runtime.
    std::thread::scope(|scope| {
        let outcome = scope.spawn(|| bare.block_on(world.call(KNOWN))).join();
        assert_eq!(outcome.unwrap(), Outcome::Bypass);
    });
}
