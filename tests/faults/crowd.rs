//! Many calls during an outage: their times, and the memory of the process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cached_runtime::Outcome;
use support::{Times, eventually};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::allocated_bytes;
use crate::world::{KNOWN, LIMIT, OPEN, RECOVERY, STEP, World};

/// More than the buffers of a connection and of the runtime's queues; a leak of 100 bytes a call would be more.
const SLACK: u64 = 1 << 19;

/// The tables of calls under way keep their room. How many of 10,000 calls are under way at the same time depends on how
/// soon the tasks start, so any round may be the first to need all of it: 200 bytes a call. With [`SLACK`], it is still
/// less than a leak of 100 bytes a call in three rounds.
const AT_ONCE: u64 = 2_000_000;

/// Before the clock of the last of 10,000 tasks starts, the others keep the processors busy; the timers of all of them
/// fire together. Where the tests are not optimised, and other programs run beside them, that takes a while.
const BUSY: Duration = if cfg!(debug_assertions) { STEP.saturating_mul(20) } else { STEP };

/// 10,000 calls at once, as tasks; how long each took.
async fn ten_thousand(world: &Arc<World>) -> Times {
    let mut calls = JoinSet::new();
    for _ in 0..10_000 {
        let world = Arc::clone(world);
        calls.spawn(async move {
            let start = Instant::now();
            world.call(world.fresh()).await;
            start.elapsed()
        });
    }
    Times::new(calls.join_all().await)
}

/// The calls start while the breaker is closed, all wait for the same silent connection, and all
/// give up in time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_calls_at_once_while_hung() {
    let world = Arc::new(World::start_alone().await);
    let mut memory = Vec::new();
    for round in 0..4 {
        world.recovers("crowd").await;
        memory.push(allocated_bytes());
        world.server.pause().await;
        let times = ten_thousand(&world).await;
        eprintln!("10,000 at once while hung, round {round}: {times}");
        assert!(times.max() <= LIMIT + BUSY, "{times}");
        world.calls_are_bounded("crowd").await;
        world.breaker_is_open("crowd").await;
        world.server.resume().await;
    }
    // Only once the server has been there again is nothing held for it.
    world.recovers("crowd").await;
    eprintln!("10,000 at once while hung: {memory:?} bytes allocated before each round");
    eventually(RECOVERY, || async {
        let (grown, most) = (allocated_bytes().saturating_sub(memory[1]), SLACK + AT_ONCE);
        if grown < most { Ok(()) } else { Err(format!("{grown} bytes more after 30,000 calls")) }
    })
    .await;
}

/// The calls start together while nothing is connected yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_calls_at_once_from_the_start() {
    let world = Arc::new(World::start_alone().await);
    world.server.pause().await;
    let times = ten_thousand(&world).await;
    eprintln!("10,000 at once, never connected: {times}");
    assert!(times.max() <= LIMIT + BUSY, "{times}");
    assert!(world.proxy.connections() < 20, "{} connections", world.proxy.connections());
    world.server.resume().await;
    world.recovers("crowd from the start").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_calls_with_an_open_breaker() {
    let world = World::start_alone().await;
    world.call(KNOWN).await;
    world.server.pause().await;
    world.calls_are_bounded("open breaker").await;
    // The first calls warm up what grows once.
    world.fresh_calls(10_000).await;
    let before = allocated_bytes();
    let times = world.fresh_calls(100_000).await;
    assert!(times.median() <= OPEN, "{times}");
    eprintln!("open breaker: {times}");
    drop(times);
    let grown = allocated_bytes().saturating_sub(before);
    eprintln!("open breaker: {grown} bytes more allocated");
    assert!(grown < SLACK, "{grown} bytes more after 100,000 calls");
    world.server.resume().await;
    world.recovers("open breaker").await;
}

/// Callers with less patience than `op_timeout`, as a handler that its client has left: what
/// they give up on is noticed all the same, and given back.
#[tokio::test]
async fn impatient_callers_of_a_frozen_server() {
    let world = Arc::new(World::start_alone().await);
    world.call(KNOWN).await;
    world.server.pause().await;
    let mut memory = Vec::new();
    for _ in 0..4 {
        for _ in 0..50 {
            give_up(&world, 500).await;
        }
        memory.push(allocated_bytes());
    }
    eprintln!("given up 100,000 calls: {memory:?} bytes allocated");
    let grown = memory[3].saturating_sub(memory[0]);
    assert!(grown < SLACK, "{grown} bytes more after 75,000 calls that were given up");
    world.breaker_is_open("impatient callers").await;
    world.server.resume().await;
    world.recovers("impatient callers").await;
}

/// A connection that hangs for ever is replaced although no call waits to the end.
#[tokio::test]
async fn impatient_callers_of_a_hung_connection() {
    let world = World::start_alone().await;
    world.call(KNOWN).await;
    world.proxy.hang_existing();
    let start = Instant::now();
    eventually(RECOVERY, || async {
        let call = timeout(STEP / 5, world.call(KNOWN)).await;
        call.is_ok_and(|outcome| outcome == Outcome::Hit)
    })
    .await;
    eprintln!("impatient callers: hits were back after {:?}", start.elapsed());
}

/// That many calls at once, all given up after a moment.
async fn give_up(world: &Arc<World>, calls: u64) {
    let mut waiting = JoinSet::new();
    for _ in 0..calls {
        let world = Arc::clone(world);
        waiting.spawn(async move { world.call(world.fresh()).await });
    }
    sleep(STEP / 20).await;
    waiting.shutdown().await;
}
