//! Trouble with the connection while Redis is well.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use cached_runtime::{Cache, Outcome, observe};
use support::{Action, eventually};

use crate::world::{KNOWN, PATIENCE, RECOVERY, STEP, World, double};

#[tokio::test]
async fn a_reset_in_the_middle_of_a_reply() {
    let world = World::start_patient().await;
    world.call(KNOWN).await;
    for length in 0..6 {
        world.proxy.once("GET", Action::ResetAfter(length));
        world.call(KNOWN).await;
        world.proxy.once("SET", Action::ResetAfter(length));
        world.call(world.fresh()).await;
        world.recovers("one reset").await;
    }
}

#[tokio::test]
async fn reads_are_reset_for_a_while() {
    let world = World::start().await;
    world.call(KNOWN).await;
    world.proxy.every("GET", Action::ResetAfter(3));
    world.calls_are_bounded("reads reset").await;
    world.proxy.pass();
    world.recovers("reads reset").await;
}

#[tokio::test]
async fn reads_hang_while_all_else_works() {
    let world = World::start().await;
    world.call(KNOWN).await;
    world.proxy.every("GET", Action::Hang);
    world.calls_are_bounded("reads hang").await;
    world.proxy.pass();
    world.recovers("reads hang").await;
}

#[tokio::test]
async fn writes_hang_while_all_else_works() {
    let world = World::start().await;
    world.call(KNOWN).await;
    world.proxy.every("SET", Action::Hang);
    world.calls_are_bounded("writes hang").await;
    world.proxy.pass();
    world.recovers("writes hang").await;
}

/// What a firewall does that forgets a connection: nothing ever comes back on it.
#[tokio::test]
async fn a_hung_connection_is_replaced() {
    let world = World::start().await;
    world.call(KNOWN).await;
    assert_eq!(world.proxy.connections(), 1);
    world.proxy.hang_existing();
    let mut outcomes = Vec::new();
    while outcomes.last() != Some(&Outcome::Hit) && outcomes.len() < 20 {
        outcomes.push(world.call(KNOWN).await);
    }
    eprintln!("hung connection: {outcomes:?}, {} connections", world.proxy.connections());
    assert!(outcomes.len() <= 5, "{outcomes:?}");
    world.works().await;
    eventually(RECOVERY, || async { world.proxy.open_connections() == 1 }).await;
}

/// A late reply must not be taken for the reply to a later command.
#[tokio::test]
async fn late_replies_are_nobody_elses() {
    let world = World::start().await;
    let ids: Vec<u64> = (0..8).map(|_| world.fresh()).collect();
    for &id in &ids {
        world.call(id).await;
    }
    for _ in 0..3 {
        world.proxy.once("GET", Action::Delay(STEP + STEP / 5));
        // Each call checks its own value.
        for &id in &ids {
            world.call(id).await;
        }
    }
    world.recovers("late replies").await;
}

#[tokio::test]
async fn slow_but_within_the_timeout() {
    let world = World::start_patient().await;
    world.works().await;
    world.proxy.every("*", Action::Delay(PATIENCE * 2 / 5));
    let ids: Vec<u64> = (0..4).map(|_| world.fresh()).collect();
    let misses =
        support::Times::of(4, |call| world.call(ids[usize::try_from(call).unwrap()])).await;
    eprintln!("slow within: misses: {misses}");
    assert!(misses.max() <= 3 * PATIENCE, "{misses}");
    for &id in &ids {
        assert_eq!(world.call(id).await, Outcome::Hit);
    }
    assert_eq!(world.cache.stats().total.errors, 0);
}

/// Replies of a kind that the command doesn't have.
#[tokio::test]
async fn replies_of_the_wrong_kind() {
    let world = World::start_patient().await;
    world.call(KNOWN).await;
    let kinds: [&[u8]; 8] = [
        b":5\r\n",
        b"+OK\r\n",
        b"*2\r\n$1\r\n4\r\n$1\r\n6\r\n",
        b"*0\r\n",
        b"*-1\r\n",
        b"-ERR no\r\n",
        b"-\r\n",
        b"$-1\r\n",
    ];
    for kind in kinds {
        for command in ["GET", "SET"] {
            world.proxy.once(command, Action::Replace(kind.to_vec()));
            world.call(KNOWN).await;
            world.call(world.fresh()).await;
        }
        world.proxy.pass();
        world.recovers("wrong kind").await;
    }
}

/// Replies that are no RESP at all, or promise more than they hold.
#[tokio::test]
async fn replies_of_junk() {
    let world = World::start().await;
    world.call(KNOWN).await;
    let junk: [&[u8]; 6] = [
        b"\0\0\0\0\r\n",
        b"hello\r\n",
        b"$99999999999999999999\r\n",
        b"$536870913\r\n",
        b"*1000000000\r\n",
        b"$-7\r\n",
    ];
    for bytes in junk {
        world.proxy.once("GET", Action::Replace(bytes.to_vec()));
        world.calls_are_bounded("junk").await;
        world.proxy.pass();
        world.recovers("junk").await;
    }
}

/// What an idle timeout of the server or of something in between does: the next call finds out,
/// and is a hit all the same.
#[tokio::test]
async fn an_idle_connection_is_closed() {
    let world = World::start_patient().await;
    for _ in 0..3 {
        world.call(KNOWN).await;
        world.server.command(&["CLIENT", "KILL", "TYPE", "normal"]).await;
        assert_eq!(world.call(KNOWN).await, Outcome::Hit);
        world.proxy.reset_existing();
        assert_eq!(world.call(KNOWN).await, Outcome::Hit);
    }
    assert_eq!(world.cache.stats().total.bypasses, 0);
}

/// A timeout in which no connection can be made: it is made all the same, between the calls.
#[tokio::test]
async fn a_tiny_timeout() {
    let world = World::start().await;
    let tiny = Duration::from_millis(2);
    let url = world.proxy.url();
    world.proxy.every("HELLO", Action::Delay(4 * tiny));
    world.proxy.every("CLIENT", Action::Delay(4 * tiny));
    let cache = Cache::builder().redis(url).namespace("t").op_timeout(tiny).build().unwrap();
    let runs = AtomicU64::new(0);
    eventually(RECOVERY, || async {
        cache.scope(observe(double(&runs, KNOWN))).await.1 == Outcome::Hit
    })
    .await;
}

/// A call that is dropped half-way takes nothing with it.
#[tokio::test]
async fn calls_are_cancelled() {
    let world = World::start_patient().await;
    world.call(KNOWN).await;
    world.proxy.every("GET", Action::Delay(PATIENCE / 2));
    for _ in 0..10 {
        let cancelled = tokio::time::timeout(PATIENCE / 10, world.call(KNOWN)).await;
        assert!(cancelled.is_err());
    }
    assert_eq!(world.call(KNOWN).await, Outcome::Hit);
    assert_eq!(world.proxy.connections(), 1);
}

/// Nothing of a cache stays behind, neither in peace nor in an outage.
#[tokio::test]
async fn a_dropped_cache_ends_its_connections() {
    let mut world = World::start().await;
    world.works().await;
    let other = crate::world::cache(&world.proxy.url());
    drop(std::mem::replace(&mut world.cache, other));
    eventually(RECOVERY, || async { world.proxy.open_connections() == 0 }).await;

    world.works().await;
    world.proxy.hang();
    world.calls_are_bounded("dropped").await;
    world.breaker_is_open("dropped").await;
    let other = crate::world::cache("redis://127.0.0.1:1/");
    drop(std::mem::replace(&mut world.cache, other));
    eventually(RECOVERY, || async { world.proxy.open_connections() == 0 }).await;
    let connections = world.proxy.connections();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(world.proxy.connections(), connections, "a dropped cache still connects");
}
