//! The connection that tells breaks, hangs, or leads to a server that hears of changes late.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use cached_runtime::Outcome;
use support::{Action, RedisServer, eventually};

use super::{DETECTION, PATIENCE, World, tracking};
use crate::world::{LIMIT, PATIENCE as BOUND, STEP};

/// Changes a slot, by another client, while the connection is as it is now, and sees to it that calls find that out, and that
/// values are kept again at the end.
async fn outlives(world: &World, fault: &str, value: u64, end: impl Future) {
    world.database.store(value, Ordering::SeqCst);
    let took = world.is_seen(1, value, world.set(1, value)).await;
    end.await;
    let ended = Instant::now();
    world.warm(1).await;
    let back = ended.elapsed();
    eprintln!("{fault}: a change was seen after {took:?}, values kept after {back:?}");
}

#[tokio::test]
async fn it_is_killed() {
    let world = World::start().await;
    for value in 1..=10 {
        world.warm(1).await;
        for id in tracking(&world.server).await {
            world.server.command(&["CLIENT", "KILL", "ID", &id]).await;
        }
        outlives(&world, "killed", value, std::future::ready(())).await;
    }
}

/// The next connection is soon there and trusted, and of what came in between it knows nothing.
#[tokio::test]
async fn what_the_next_connection_was_not_told() {
    let world = World::start().await;
    for value in 1..=10 {
        world.warm(1).await;
        for id in tracking(&world.server).await {
            world.server.command(&["CLIENT", "KILL", "ID", &id]).await;
        }
        world.set(1, value).await;
        // Others are kept again: by the next connection, as this id has never been.
        world.warm(1000 + value).await;
        let (found, outcome) = world.call(1).await;
        assert_eq!(found, value, "a {outcome}");
    }
}

#[tokio::test]
async fn all_connections_are_reset() {
    let world = World::start().await;
    for value in 1..=10 {
        world.warm(1).await;
        world.proxy.reset_existing();
        outlives(&world, "reset", value, std::future::ready(())).await;
    }
}

#[tokio::test]
async fn the_server_starts_again() {
    let world = World::with(RedisServer::builder(), STEP).await;
    for value in 1..=3 {
        world.warm(1).await;
        world.database.store(value, Ordering::SeqCst);
        if value % 2 == 0 {
            world.server.stop().await;
        } else {
            world.server.kill().await;
        }
        // Without Redis there is nothing to keep: the body is asked.
        world.is_seen(1, value, std::future::ready(())).await;
        world.server.start_again().await;
        world.warm(1).await;
    }
}

/// A server that stops, with its connections open: nobody learns of a change, as there is none.
#[tokio::test]
async fn the_server_stands_still() {
    let world = World::with(RedisServer::builder(), STEP).await;
    world.warm(1).await;
    world.server.pause().await;
    let paused = Instant::now();
    eventually(PATIENCE, || async {
        let begun = paused.elapsed();
        let outcome = world.call(1).await.1;
        assert!(outcome != Outcome::LocalHit || begun <= DETECTION, "after {begun:?}");
        let took = paused.elapsed().saturating_sub(begun);
        assert!(took < LIMIT, "a {outcome} took {took:?}");
        begun > DETECTION * 2
    })
    .await;
    world.server.resume().await;
    world.warm(1).await;
}

/// Waits until the connection is asked once more.
async fn is_asked(world: &World) {
    let asked = || world.proxy.commands()["HELLO"];
    let before = asked();
    eventually(PATIENCE, || async { asked() > before }).await;
}

/// What tells hangs, and all else works: nothing says so but that it does not answer.
#[tokio::test]
async fn it_hangs() {
    let world = World::with(RedisServer::builder(), BOUND).await;
    for value in 1..=2 {
        world.warm(1).await;
        // Also when it is made again.
        world.proxy.every("HELLO", Action::Hang);
        is_asked(&world).await;
        let took = world.is_seen(1, value, world.set(1, value)).await;
        eprintln!("hangs: a change was seen after {took:?}");
        let hung = Instant::now();
        let mut times = Vec::new();
        while hung.elapsed() < DETECTION * 2 {
            let start = Instant::now();
            assert_eq!(world.call(1).await, (value, Outcome::Hit));
            times.push(start.elapsed());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        times.sort_unstable();
        let (median, longest) = (times[times.len() / 2], times[times.len() - 1]);
        eprintln!("hangs: calls took {median:?} in the median, {longest:?} at most");
        assert!(longest < BOUND && median < BOUND / 10, "they wait for what does not answer");
        world.proxy.pass();
        let ended = Instant::now();
        world.warm(1).await;
        eprintln!("hangs: values kept again {:?} after it flows", ended.elapsed());
    }
}

/// Of the calls that come before it is known to hang, not each waits for it in turn.
#[tokio::test]
async fn only_the_first_calls_wait_for_it() {
    let world = World::with(RedisServer::builder(), STEP).await;
    world.warm(1).await;
    world.proxy.every("HELLO", Action::Hang);
    is_asked(&world).await;
    let mut waited = 0;
    for id in 100..120 {
        let start = Instant::now();
        world.call(id).await;
        waited += u32::from(start.elapsed() >= STEP / 2);
    }
    assert!((1..=3).contains(&waited), "{waited} calls waited");
}

/// What comes behind an answer that is late is late as well.
#[tokio::test]
async fn it_is_slow() {
    let world = World::with(RedisServer::builder(), BOUND).await;
    let mut value = 0;
    for delay in [DETECTION / 4, DETECTION / 2, DETECTION * 9 / 10, DETECTION * 3] {
        let mut longest = Duration::ZERO;
        for _ in 0..2 {
            world.warm(1).await;
            world.proxy.every("HELLO", Action::Delay(delay));
            is_asked(&world).await;
            value += 1;
            longest = longest.max(world.is_seen(1, value, world.set(1, value)).await);
            let start = Instant::now();
            assert_eq!(world.call(1).await.0, value);
            let took = start.elapsed();
            assert!(took < BOUND, "a call took {took:?}");
            world.proxy.pass();
        }
        eprintln!("answers {delay:?} late: changes were seen after at most {longest:?}");
    }
}

/// A failover: what this server is told from now on comes late, or never.
#[tokio::test]
async fn its_server_becomes_a_replica() {
    let world = World::start().await;
    world.warm(1).await;
    world.warm(2).await;
    let promoted = RedisServer::start().await;
    let slot = world.slot(1).await;
    promoted.command(&["SET", &slot, "7"]).await;
    // It never gets there, so it does not hear of what the new one has either.
    let port = promoted.port().to_string();
    promoted.command(&["CONFIG", "SET", "requirepass", "other"]).await;
    world.server.command(&["REPLICAOF", "127.0.0.1", &port]).await;
    let demoted = Instant::now();
    eventually(PATIENCE, || async {
        let begun = demoted.elapsed();
        let outcome = world.call(2).await.1;
        assert!(outcome != Outcome::LocalHit || begun <= DETECTION, "after {begun:?}");
        begun > DETECTION * 2
    })
    .await;
    assert_eq!(tracking(&promoted).await.len(), 0);
    world.server.command(&["REPLICAOF", "NO", "ONE"]).await;
    world.warm(2).await;
}

/// Reads go over the one that tracks, so the one of all other commands may be idle for long, and be closed for that: the next
/// fill finds out, and is stored all the same.
#[tokio::test]
async fn the_other_connection_is_closed_while_it_is_idle() {
    let world = World::start().await;
    for id in 10..15 {
        world.warm(1).await;
        let list = world.server.command(&["CLIENT", "LIST"]).await.text();
        let telling = tracking(&world.server).await;
        for line in list.lines() {
            let number = line.strip_prefix("id=").and_then(|line| line.split(' ').next()).unwrap();
            if !telling.iter().any(|it| it == number) {
                world.server.try_command(&["CLIENT", "KILL", "ID", number]).await.unwrap();
            }
        }
        let (_, first) = world.call(id).await;
        let (_, second) = world.call(id).await;
        assert_eq!((first, second), (Outcome::Miss, Outcome::Hit), "{id}");
    }
}
