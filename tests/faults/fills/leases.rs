//! Slots that hold what no fill of now has put there.

use std::sync::Arc;
use std::time::Instant;

use cached_runtime::Outcome;

use super::{
    BODY, Bodies, CROWD, Crowd, LIMIT, SOON, STEP, WAIT, call, content, is_free, slot, world,
};
use crate::world::{CALM, World, cache_with};

const FILL: &[u8] = b"\x02\x01a token of 16 b.";
/// Of one writer, until 2286.
const WRITE: &[u8] = b"\x02\x02\x00\x01a token of 16 b.9999999999999";

/// Puts bytes into a slot, as a process would that then dies.
async fn put(world: &World, slot: &str, bytes: &[u8], millis: &str) {
    world.server.command(&[b"SET", slot.as_bytes(), bytes, b"PX", millis.as_bytes()]).await;
}

/// Calls wait as long as they are told to, and then run one body in each process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_dead() {
    let world = world().await;
    let other = cache_with(&world.server.url(), CALM);
    for (id, lease) in [(1, FILL), (2, WRITE)] {
        let slot = slot(&world.cache, id).await;
        put(&world, &slot, lease, "30000").await;
        // So long that each call's wait is over before the body is.
        let (here, there) = (Bodies::that_take(STEP), Bodies::that_take(STEP));
        let crowds = [Crowd::on(&world.cache, &here, id), Crowd::on(&other, &there, id)];
        for crowd in crowds {
            let outcomes = crowd.within(WAIT + STEP + LIMIT, "lease of the dead").await;
            let misses = outcomes.iter().filter(|outcome| **outcome == Outcome::Miss).count();
            assert_eq!(misses, 1, "{outcomes:?}");
            assert!(!outcomes.contains(&Outcome::Bypass), "{outcomes:?}");
        }
        assert_eq!((here.runs(), there.runs()), (1, 1));
        assert_eq!(content(&world, &slot).await.as_deref(), Some(lease), "it is not theirs");
        world.server.command(&["DEL", &slot]).await;
        is_free(&world, id, "lease of the dead").await;
    }
}

/// It ends before the calls have waited long enough: one of them fills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_dead_that_end() {
    let world = world().await;
    let other = cache_with(&world.server.url(), CALM);
    for (id, lease) in [(1, FILL), (2, WRITE)] {
        put(&world, &slot(&world.cache, id).await, lease, "200").await;
        let bodies = Arc::new(Bodies::default());
        let crowds = [Crowd::on(&world.cache, &bodies, id), Crowd::on(&other, &bodies, id)];
        for crowd in crowds {
            crowd.within(WAIT, "lease that ends").await;
        }
        assert_eq!(bodies.runs(), 1);
        assert_eq!(call(&world.cache, &bodies, id).await.0, Outcome::Hit);
    }
}

/// The write has been committed, or given up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_write_that_ends() {
    let world = world().await;
    for (id, stores) in [(1, true), (2, false)] {
        let slot = slot(&world.cache, id).await;
        put(&world, &slot, WRITE, "30000").await;
        let bodies = Arc::new(Bodies::default());
        let reads = || world.proxy.commands().get("GET").copied().unwrap_or(0);
        let before = reads();
        let crowd = Crowd::on(&world.cache, &bodies, id);
        support::eventually(SOON, || async { reads() >= before + 3 }).await;
        assert_eq!(bodies.runs(), 0, "they wait");
        if stores {
            put(&world, &slot, (id * 3).to_string().as_bytes(), "30000").await;
        } else {
            world.server.command(&["UNLINK", &slot]).await;
        }
        let (ended, before) = (Instant::now(), reads());
        let outcomes = crowd.within(WAIT, "write intent").await;
        assert!(ended.elapsed() < BODY + STEP, "{:?}", ended.elapsed());
        assert!(reads() <= before + 1, "the next look finds out, for all");
        let hits = outcomes.iter().filter(|outcome| **outcome == Outcome::Hit).count() as u64;
        let expected = if stores { (CROWD, 0) } else { (0, 1) };
        assert_eq!((hits, bodies.runs()), expected);
    }
}

/// It is overwritten, by one body.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_are_none() {
    let world = world().await;
    let other = cache_with(&world.server.url(), CALM);
    let long = vec![0xff; 100_000];
    let junk: [&[u8]; 7] =
        [b"", b"junk", b"\x02", &FILL[..17], b"\x02\x01a token of 17 byt", b"\x03", &long];
    for (id, bytes) in (1..).zip(junk) {
        put(&world, &slot(&world.cache, id).await, bytes, "30000").await;
        one_body_fills(&world, &other, id).await;
    }
    for (id, command) in (20..).zip(["RPUSH", "SADD", "PFADD"]) {
        world.server.command(&[command, &slot(&world.cache, id).await, "a"]).await;
        one_body_fills(&world, &other, id).await;
    }
}

async fn one_body_fills(world: &World, other: &cached_runtime::Cache, id: u64) {
    let bodies = Arc::new(Bodies::default());
    let crowds = [Crowd::on(&world.cache, &bodies, id), Crowd::on(other, &bodies, id)];
    for crowd in crowds {
        crowd.within(BODY + LIMIT, "junk").await;
    }
    // Of two processes that find it at once, one empties the slot, perhaps of the other's lease.
    assert!(bodies.runs() <= 2, "{} bodies", bodies.runs());
    assert_eq!(call(&world.cache, &bodies, id).await.0, Outcome::Hit, "{id}");
}

/// Somebody puts junk, or another value, into the slot while the body runs: that is not undone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_are_overwritten_while_the_body_runs() {
    let world = world().await;
    for (id, bytes) in [(1, &b"junk"[..]), (2, b"6"), (3, FILL)] {
        let slot = slot(&world.cache, id).await;
        let bodies = Bodies::gated();
        let crowd = Crowd::on(&world.cache, &bodies, id);
        bodies.began(1).await;
        put(&world, &slot, bytes, "30000").await;
        bodies.open();
        crowd.within(LIMIT, "overwritten").await;
        assert_eq!(bodies.runs(), 1);
        assert_eq!(content(&world, &slot).await.as_deref(), Some(bytes));
    }
    assert_eq!(world.cache.stats().total.overtaken, 3);
}
