//! Locks while Redis is in trouble: errors are bounded, nothing is freed that is another's, and fences rise.

use std::future::pending;
use std::time::{Duration, Instant};

use cached_runtime::{Cache, Lock};
use support::{Action, eventually};
use tokio::sync::oneshot;

use crate::world::{CALM, PATIENCE, RECOVERY, World, cache_with, patient_cache};

const MINUTE: Duration = Duration::from_secs(60);
const NAME: &str = "order:42";
const SLOT: &str = "t%lock:order:42";

async fn take(cache: &Cache) -> Lock {
    eventually(RECOVERY, || async { cache.lock(NAME, MINUTE).wait(RECOVERY).await }).await
}

/// Whoever holds it, as the server knows.
async fn holder(world: &World) -> String {
    match world.server.command(&["GET", SLOT]).await {
        support::Reply::Nil => String::new(),
        token => token.text(),
    }
}

async fn is_bounded<T: std::fmt::Debug>(
    step: &str,
    limit: Duration,
    failing: impl Future<Output = Result<T, cached_runtime::Error>>,
) -> cached_runtime::Error {
    let start = Instant::now();
    let error = failing.await.expect_err(step);
    let took = start.elapsed();
    eprintln!("{step}: {error}, after {took:?}");
    assert!(took < limit, "{step}: {took:?}");
    error
}

/// The server has done it, or does it later, and nobody has the lock.
#[tokio::test]
async fn a_lock_whose_reply_is_lost_is_not_had_and_given_back() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    drop(take(&cache).await);
    cache.shutdown().await;
    let actions = [
        Action::HangAfter(0),
        Action::ResetAfter(0),
        Action::ResetAfter(2),
        Action::Hang,
        Action::Delay(PATIENCE * 2),
        Action::Replace(b"+junk\r\n".to_vec()),
        Action::error("ERR out of order"),
    ];
    for action in actions {
        let calm = cache_with(&world.server.url(), CALM);
        world.proxy.once("EVALSHA", action.clone());
        is_bounded(&format!("{action:?}"), 2 * PATIENCE, cache.try_lock(NAME, MINUTE)).await;
        // Tried four times: a connection that hangs is replaced after three.
        let waiting = calm.lock(NAME, MINUTE).wait(5 * PATIENCE);
        let lock = waiting.await.expect("it was given back");
        cache.shutdown().await;
        assert!(lock.release().await.unwrap(), "by its own holder only");
        world.proxy.pass();
        eventually(3 * PATIENCE + RECOVERY, || cache.ping()).await;
    }
}

#[tokio::test]
async fn away_is_an_error_and_not_a_long_wait() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let lock = take(&cache).await;
    world.proxy.refuse();
    for _ in 0..10 {
        let error = is_bounded("lock", 2 * PATIENCE, cache.lock("a", MINUTE).into_future()).await;
        assert!(!error.is_locked(), "{error}");
        is_bounded("try_lock", 2 * PATIENCE, cache.try_lock("a", MINUTE)).await;
        let error = is_bounded("renew", 2 * PATIENCE, lock.renew()).await;
        assert!(!error.is_lost(), "it is still held: {error}");
    }
    is_bounded("release", 2 * PATIENCE, lock.release()).await;
    world.proxy.pass();
}

/// It is sent again in the background.
#[tokio::test]
async fn a_release_whose_reply_is_lost_is_made_up_for() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    for action in [Action::Hang, Action::ResetAfter(0), Action::HangAfter(0)] {
        let lock = take(&cache).await;
        world.proxy.once("EVALSHA", action);
        is_bounded("release", 2 * PATIENCE, lock.release()).await;
        eventually(5 * PATIENCE, || async { holder(&world).await.is_empty() }).await;
        cache.shutdown().await;
        eventually(3 * PATIENCE + RECOVERY, || cache.ping()).await;
    }
}

#[tokio::test]
async fn work_goes_on_over_a_short_outage() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let lock = cache.lock(NAME, Duration::from_secs(6)).await.unwrap();
    let token = holder(&world).await;
    let (done, wait) = oneshot::channel();
    let left =
        async || -> i64 { world.server.command(&["PTTL", SLOT]).await.text().parse().unwrap() };
    let outage = async {
        world.proxy.refuse();
        // A renewal was due after two seconds, and has failed.
        eventually(CALM, || async { left().await < 3500 }).await;
        world.proxy.pass();
        eventually(CALM, || async { left().await > 4500 }).await;
        done.send(7).unwrap();
    };
    let (ran, ()) = tokio::join!(lock.run(wait), outage);
    assert_eq!(ran.unwrap().unwrap(), 7);
    assert_eq!(holder(&world).await, token);
    assert!(lock.release().await.unwrap());
}

/// The end of the lease is known without asking anybody.
#[tokio::test]
async fn work_ends_with_its_lock_while_redis_is_away() {
    const TTL: Duration = Duration::from_secs(2);
    for fault in ["refused", "frozen", "killed"] {
        let world = World::start_patient().await;
        let cache = patient_cache(&world.proxy.url());
        let lock = cache.lock(NAME, TTL).await.unwrap();
        match fault {
            "refused" => world.proxy.refuse(),
            "frozen" => world.server.pause().await,
            _ => world.server.kill().await,
        }
        let (alive, dropped) = oneshot::channel::<()>();
        let work = async move {
            let _alive = alive;
            pending::<()>().await;
        };
        let error = is_bounded(fault, TTL + PATIENCE, lock.run(work)).await;
        assert!(error.is_lost(), "{error}");
        dropped.await.expect_err("the work was dropped");
        if fault == "frozen" {
            world.server.resume().await;
        }
    }
}

/// Another may hold it by then: neither renewed nor freed.
#[tokio::test]
async fn a_server_without_memory_has_lost_it() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let late = take(&cache).await;
    world.server.kill().await;
    world.server.start_again().await;
    let other = cache_with(&world.server.url(), CALM);
    let lock = take(&other).await;
    assert!(lock.fence() > late.fence(), "{} after {}", lock.fence(), late.fence());
    let token = holder(&world).await;
    let error = eventually(RECOVERY, || async {
        match late.renew().await {
            Err(error) if error.is_lost() => Ok(error),
            other => Err(format!("{other:?}")),
        }
    });
    eprintln!("lost: {}", error.await);
    assert!(!late.release().await.unwrap());
    assert_eq!(holder(&world).await, token);
    lock.renew().await.unwrap();
    assert!(lock.release().await.unwrap());
}

/// Whatever becomes of the last number.
#[tokio::test]
async fn fences_rise_over_a_flush_and_over_junk() {
    let world = World::start_patient().await;
    let cache = cache_with(&world.server.url(), CALM);
    let fence = "t%fence:order:42";
    let faults: [&[&str]; 6] = [
        &["FLUSHALL"],
        &["DEL", fence],
        &["SET", fence, "junk"],
        &["SET", fence, "0"],
        &["SET", fence, ""],
        &["EVAL", "redis.call('DEL', KEYS[1]) redis.call('RPUSH', KEYS[1], 1)", "1", fence],
    ];
    let mut last = 0;
    for round in 0..120 {
        let lock = take(&cache).await;
        assert!(lock.fence() > last, "{} after {last}, in round {round}", lock.fence());
        last = lock.fence();
        if round % 2 == 0 {
            assert!(lock.release().await.unwrap());
            world.server.command(faults[round / 2 % 6]).await;
        } else {
            world.server.command(&["DEL", SLOT]).await;
            drop(lock);
        }
    }
    let next = (last + 1_000_000_000).to_string();
    world.server.command(&["SET", fence, &next]).await;
    assert_eq!(take(&cache).await.fence().to_string(), (last + 1_000_000_001).to_string());
    let left = world.server.command(&["PTTL", fence]).await.text().parse::<u64>().unwrap();
    assert!(left > 24 * 3_600_000, "it outlives its lock: {left}");
}

/// Half-way is not at all, and what is there can be kept.
#[tokio::test]
async fn a_server_that_is_full_gives_no_lock_and_keeps_those_that_are_held() {
    let world = World::start_patient().await;
    let cache = cache_with(&world.server.url(), CALM);
    world.server.command(&["CONFIG", "SET", "maxmemory", "1"]).await;
    let error = cache.lock(NAME, MINUTE).await.unwrap_err();
    assert!(error.is_refused() && error.to_string().contains("OOM"), "{error}");
    assert!(world.server.keys("t*").await.is_empty());
    world.server.command(&["CONFIG", "SET", "maxmemory", "0"]).await;
    let lock = take(&cache).await;
    world.server.command(&["CONFIG", "SET", "maxmemory", "1"]).await;
    lock.renew_for(2 * MINUTE).await.unwrap();
    let left = world.server.command(&["PTTL", SLOT]).await.text().parse::<u128>().unwrap();
    assert!(left > MINUTE.as_millis(), "{left}");
    assert!(lock.release().await.unwrap());
    world.server.command(&["CONFIG", "SET", "maxmemory", "0"]).await;
}

/// On a thread of the user's own, say.
#[tokio::test]
async fn a_lock_that_is_dropped_outside_of_the_runtime_is_given_back() {
    let world = World::start_patient().await;
    let cache = cache_with(&world.server.url(), CALM);
    let lock = take(&cache).await;
    assert_ne!(holder(&world).await, "");
    std::thread::spawn(move || drop(lock)).join().unwrap();
    cache.shutdown().await;
    assert_eq!(holder(&world).await, "");
}
