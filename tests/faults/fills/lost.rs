//! Replies that are lost or late: whether a step was done is not known.

use std::sync::Arc;

use cached_runtime::Outcome;
use support::{Action, RedisServer};

use super::{BODY, Bodies, Crowd, LIMIT, SOON, STEP, WAIT, call, content, is_free, slot, world_of};
use crate::world::{CALM, World, cache_with};

async fn world() -> World {
    world_of(RedisServer::builder(), "", STEP).await
}

/// The lease may be in the slot, or come later: the fill must not count on it, and gives it back. Where the connection
/// broke, it has another one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_acquisition() {
    let world = world().await;
    let actions = [
        Action::ResetAfter(0),
        Action::ResetAfter(3),
        Action::HangAfter(0),
        Action::Hang,
        Action::Delay(STEP * 2),
    ];
    for (id, action) in (1..).zip(actions) {
        let fault = format!("acquisition: {action:?}");
        let slot = slot(&world.cache, id).await;
        let bodies = Arc::new(Bodies::default());
        let is_broken = matches!(action, Action::ResetAfter(_));
        world.proxy.once("SET", action);
        let crowd = Crowd::on(&world.cache, &bodies, id);
        let outcomes = crowd.within(BODY + LIMIT, &fault).await;
        assert!(!outcomes.contains(&Outcome::Hit), "{fault}: {outcomes:?}");
        assert!(bodies.runs() <= 2, "{fault}: {} bodies", bodies.runs());
        let found = content(&world, &slot).await;
        assert!(
            is_broken || found.is_none_or(|bytes| bytes[0] == 2),
            "{fault}: a fill without a lease is stored"
        );
        let (_, took) = call(&world.cache, &bodies, id).await;
        eprintln!("{fault}: the next call took {took:?}");
        assert!(took <= BODY + LIMIT, "{fault}: the next call took {took:?}");
        is_free(&world, id, &fault).await;
    }
}

/// Nothing that an invalidation has overtaken is stored by a fill whose lease came late.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_acquisition_and_then_an_invalidation() {
    let world = world().await;
    let slot = slot(&world.cache, 1).await;
    let bodies = Bodies::gated();
    world.proxy.once("SET", Action::ResetAfter(0));
    let crowd = Crowd::on(&world.cache, &bodies, 1);
    bodies.began(1).await;
    world.server.command(&["DEL", &slot]).await;
    bodies.open();
    crowd.within(WAIT, "overtaken").await;
    assert_eq!(content(&world, &slot).await, None);
}

/// The value is there or it is not, and nobody waits for longer than for one step.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_commit() {
    let world = world().await;
    let actions = [
        Action::ResetAfter(0),
        Action::HangAfter(0),
        Action::HangAfter(1),
        Action::Hang,
        Action::Delay(STEP * 2),
        Action::Replace(b"$2\r\nno\r\n".to_vec()),
        Action::error("ERR no"),
    ];
    for (id, action) in (1..).zip(actions) {
        let fault = format!("commit: {action:?}");
        let bodies = Arc::new(Bodies::default());
        world.proxy.once("EVALSHA", action);
        let crowd = Crowd::on(&world.cache, &bodies, id);
        let outcomes = crowd.within(BODY + 2 * STEP, &fault).await;
        assert_eq!(bodies.runs(), 1, "{fault}");
        let shared = outcomes.iter().filter(|outcome| **outcome == Outcome::Shared).count();
        assert_eq!(shared, outcomes.len() - 1, "{fault}: {outcomes:?}");
        is_free(&world, id, &fault).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_redis_dies_between_the_two() {
    let world = world().await;
    for (id, starts_before_the_commit) in [(1, false), (2, true)] {
        let bodies = Bodies::gated();
        let crowd = Crowd::on(&world.cache, &bodies, id);
        bodies.began(1).await;
        world.server.kill().await;
        if starts_before_the_commit {
            world.server.start_again().await;
        }
        bodies.open();
        crowd.within(WAIT, "Redis dies").await;
        assert_eq!(bodies.runs(), 1);
        if !starts_before_the_commit {
            world.server.start_again().await;
        }
        is_free(&world, id, "Redis dies").await;
    }
}

/// The body has returned, and neither its result nor the end of its lease reaches Redis.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_all_that_would_end_a_lease() {
    let world = world().await;
    let bodies = Bodies::gated();
    let crowd = Crowd::on(&world.cache, &bodies, 1);
    bodies.began(1).await;
    world.proxy.refuse();
    world.proxy.reset_existing();
    bodies.open();
    crowd.within(BODY + LIMIT, "a lease that stays").await;
    // Until it has been tried in vain.
    support::eventually(SOON, || async { world.cache.stats().pending_invalidations > 0 }).await;
    assert!(content(&world, &slot(&world.cache, 1).await).await.is_some(), "the lease is there");
    world.proxy.pass();
    is_free(&world, 1, "a lease that stays").await;
}

/// They wait for the fill of another process, and can no longer ask how it goes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_redis_hangs_while_calls_wait_for_another_process() {
    let world = world().await;
    let other = cache_with(&world.server.url(), CALM);
    let theirs = Bodies::gated();
    let leader = Crowd::on(&other, &theirs, 1);
    theirs.began(1).await;
    let bodies = Arc::new(Bodies::default());
    let reads = || world.proxy.commands().get("GET").copied().unwrap_or(0);
    let before = reads();
    let crowd = Crowd::on(&world.cache, &bodies, 1);
    support::eventually(SOON, || async { reads() >= before + 3 }).await;
    assert_eq!(bodies.runs(), 0);
    world.proxy.hang();
    crowd.within(BODY + LIMIT, "Redis hangs").await;
    theirs.open();
    leader.within(SOON, "the other process").await;
    assert_eq!(theirs.runs(), 1);
    world.proxy.pass();
    is_free(&world, 1, "Redis hangs").await;
}
