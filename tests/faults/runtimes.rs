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
