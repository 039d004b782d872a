//! A cache in a static outlives the tokio runtimes that use it.

use std::sync::atomic::Ordering;
use std::time::Instant;

use cached_runtime::Outcome;
use support::RedisServer;
use tokio::runtime::Runtime;

use super::{DETECTION, World};
use crate::world::STEP;

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn the_runtime_of_the_connection_ends() {
    let first = runtime();
    let world = first.block_on(async {
        let world = World::start().await;
        world.warm(1).await;
        world
    });
    drop(first);
    for value in 1..=3 {
        // A runtime of its own each time: what is kept is of no use in it.
        runtime().block_on(async {
            assert_ne!(world.call(1).await.1, Outcome::LocalHit);
            world.warm(1).await;
            world.is_seen(1, value, world.set(1, value)).await;
        });
    }
}

/// Another runtime lives on, but nobody drives it any more: nobody hears what is told.
#[test]
fn the_runtime_of_the_connection_stands_still() {
    let first = runtime();
    let world = first.block_on(async {
        let world = World::with(RedisServer::builder(), STEP).await;
        world.warm(1).await;
        world
    });
    runtime().block_on(async {
        let start = Instant::now();
        // For as long as the other connection is not replaced, bodies run.
        world.database.store(5, Ordering::SeqCst);
        world.is_seen(1, 5, world.set(1, 5)).await;
        eprintln!("runtime stands still: a change was seen after {:?}", start.elapsed());
        world.warm(1).await;
        eprintln!("runtime stands still: values are kept after {:?}", start.elapsed());
        assert!(start.elapsed() < DETECTION * 10);
        world.database.store(6, Ordering::SeqCst);
        world.is_seen(1, 6, world.set(1, 6)).await;
    });
    // The first goes on, and finds that another has taken over.
    first.block_on(async {
        world.warm(1).await;
        world.database.store(7, Ordering::SeqCst);
        world.is_seen(1, 7, world.set(1, 7)).await;
    });
}

/// Tokio panics where timers or I/O are not enabled; a call does not.
#[test]
fn a_runtime_without_timers_or_io() {
    let world = runtime().block_on(World::with(RedisServer::builder(), STEP));
    let bare = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let timed = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    // Each on a thread of its own, as in a program with such a runtime.
    for runtime in [bare, timed] {
        std::thread::scope(|scope| {
            let called = scope.spawn(|| runtime.block_on(world.call(1))).join();
            assert_eq!(called.unwrap(), (0, Outcome::Bypass));
        });
    }
    runtime().block_on(world.warm(1));
}
