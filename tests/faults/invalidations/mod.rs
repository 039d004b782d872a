//! What is invalidated while Redis is away is not answered once it is back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cached_runtime::{Cache, Outcome, observe, redis_cache};
use support::eventually;

use crate::world::{PATIENCE, RECOVERY, World, patient_cache};

mod replay;

/// The current value of a record, which changes.
#[redis_cache(ttl = 60, skip(now))]
async fn record(now: &AtomicU64, id: u64) -> u64 {
    now.load(Ordering::SeqCst) + id
}

async fn call(cache: &Cache, now: &AtomicU64) -> (u64, Outcome) {
    cache.scope(observe(record(now, 0))).await
}

async fn invalidate(cache: &Cache) -> Result<(), cached_runtime::Error> {
    cache.scope(async { record::entry(0).invalidate().await }).await
}

/// Until the record is cached as 2; it is never again answered as 1.
async fn hits_again(cache: &Cache, now: &AtomicU64, within: Duration) {
    eventually(within, || async {
        let (value, outcome) = call(cache, now).await;
        assert_eq!(value, 2, "a value that was invalidated, by a {outcome}");
        outcome == Outcome::Hit
    })
    .await;
}

/// A record that is cached as 1, and then becomes 2 while Redis is away.
async fn changes(world: &World, cache: &Cache, fault: impl AsyncFn(), end: impl AsyncFn()) {
    let now = AtomicU64::new(1);
    assert_eq!(call(cache, &now).await, (1, Outcome::Miss));
    assert_eq!(call(cache, &now).await, (1, Outcome::Hit));
    fault().await;
    now.store(2, Ordering::SeqCst);
    let start = Instant::now();
    let error = invalidate(cache).await.expect_err("Redis is away");
    let took = start.elapsed();
    eprintln!("invalidation while away: {error}, after {took:?}");
    assert!(took < 2 * PATIENCE, "{took:?}");
    for _ in 0..20 {
        assert_eq!(call(cache, &now).await, (2, Outcome::Bypass));
    }
    end().await;
    let start = Instant::now();
    hits_again(cache, &now, RECOVERY).await;
    eprintln!("invalidation while away: hits were back after {:?}", start.elapsed());
    assert_eq!(world.server.keys("t:*").await.len(), 1);
}

#[tokio::test]
async fn while_refused() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    changes(&world, &cache, async || world.proxy.refuse(), async || world.proxy.pass()).await;
}

#[tokio::test]
async fn while_frozen() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let fault = async || world.server.pause().await;
    changes(&world, &cache, fault, async || world.server.resume().await).await;
}

/// The server did it and its reply was lost: the call can't tell, and reports an error.
#[tokio::test]
async fn a_lost_reply_is_an_error() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let now = AtomicU64::new(1);
    call(&cache, &now).await;
    world.proxy.once("UNLINK", support::Action::HangAfter(0));
    let start = Instant::now();
    assert!(invalidate(&cache).await.unwrap_err().is_timeout());
    assert!(start.elapsed() < 2 * PATIENCE);
    now.store(2, Ordering::SeqCst);
    // The connection hangs, and is replaced after three timeouts.
    hits_again(&cache, &now, 3 * PATIENCE + RECOVERY).await;
}

/// The caller does not wait for it: a request that its client has given up.
#[tokio::test]
async fn a_cancelled_one_is_made_up_for() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let now = AtomicU64::new(1);
    call(&cache, &now).await;
    world.server.pause().await;
    let patience = Duration::from_millis(5);
    tokio::time::timeout(patience, invalidate(&cache)).await.expect_err("the server is frozen");
    now.store(2, Ordering::SeqCst);
    assert_eq!(call(&cache, &now).await, (2, Outcome::Bypass));
    world.server.resume().await;
    hits_again(&cache, &now, RECOVERY).await;
}

/// One that is named by hand is remembered by its name, too.
#[tokio::test]
async fn an_entry_with_a_name_of_its_own() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let entry = cache.entry_at::<u64>("other:1", PATIENCE * 60);
    let beside = cache.entry_at::<u64>("other:10", PATIENCE * 60);
    entry.put(&1).await.unwrap();
    beside.put(&10).await.unwrap();
    world.proxy.refuse();
    entry.invalidate().await.expect_err("Redis is away");
    entry.get().await.expect_err("it is not answered with what may be there");
    world.proxy.pass();
    eventually(2 * RECOVERY, || async {
        let found = entry.get().await?;
        assert_eq!(found, None, "a value that was invalidated");
        Ok::<_, cached_runtime::Error>(())
    })
    .await;
    eventually(RECOVERY, || async { world.server.keys("other:*").await == ["other:10"] }).await;
}

/// Many at once, and then no stale read and nothing else lost.
#[tokio::test]
async fn ten_thousand_while_away() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let now = AtomicU64::new(1);
    cache
        .scope(async {
            for id in 0..100 {
                record(&now, id).await;
            }
            world.proxy.refuse();
            now.store(2, Ordering::SeqCst);
            for id in 0..10_000 {
                record::entry(id + 1).invalidate().await.expect_err("Redis is away");
            }
            world.proxy.pass();
            eventually(2 * RECOVERY, || async {
                let (value, outcome) = observe(record(&now, 99)).await;
                assert_eq!(value, 2 + 99, "a value that was invalidated, by a {outcome}");
                outcome == Outcome::Hit
            })
            .await;
            // It was not invalidated. On a busy machine a read may still take too long while the others are settled.
            eventually(RECOVERY, || async { observe(record(&now, 0)).await == (1, Outcome::Hit) })
                .await;
        })
        .await;
}
