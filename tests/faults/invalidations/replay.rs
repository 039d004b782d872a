//! What was invalidated during an outage is made up for before the first call gets through.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use cached_runtime::{Cache, Outcome, RedisStore, cache_invalidate, observe, redis_cache};
use support::{Action, Events, eventually};
use tokio::task::JoinSet;

use super::{call, hits_again, invalidate, record};
use crate::world::{CALM, PATIENCE, RECOVERY, STEP, World, cache_with, patient_cache};

/// Under a tag that its arguments name.
#[redis_cache(ttl = 60, skip(now), tags = ["all", "group:{group}"])]
async fn member(now: &AtomicU64, group: u64) -> u64 {
    now.load(Ordering::SeqCst) * 10 + group
}

/// Under a tag that only its result names.
#[redis_cache(ttl = 60, skip(now), tags = ["group:{result.1}"])]
async fn owner(now: &AtomicU64, id: u64) -> (u64, u64) {
    (now.load(Ordering::SeqCst), id + 100)
}

#[redis_cache(ttl = 60, skip(now), prefix = "wide")]
async fn wide(now: &AtomicU64, id: u64) -> u64 {
    now.load(Ordering::SeqCst) + id
}

fn pending(cache: &Cache) -> u64 {
    cache.stats().pending_invalidations
}

/// Commands that the proxy has seen.
fn seen(world: &World, command: &str) -> u64 {
    world.proxy.commands().get(command).copied().unwrap_or(0)
}

/// A thousand invalidations, while readers go on.
async fn a_thousand(world: &World, cache: &Cache, fault: impl AsyncFn(), end: impl AsyncFn()) {
    const MANY: u64 = 1000;
    let now = Arc::new(AtomicU64::new(1));
    let other = cache_with(&world.server.url(), CALM);
    for id in 0..MANY {
        cache.scope(record(&now, id)).await;
    }
    fault().await;
    now.store(2, Ordering::SeqCst);
    let (invalidated, is_over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let mut readers = JoinSet::new();
    for reader in 0..4 {
        let (cache, now) = (cache.clone(), Arc::clone(&now));
        let (invalidated, is_over) = (Arc::clone(&invalidated), Arc::clone(&is_over));
        let mut random = fastrand::Rng::with_seed(reader);
        readers.spawn(async move {
            let mut hits = 0;
            while !is_over.load(Ordering::SeqCst) {
                let known = invalidated.load(Ordering::SeqCst);
                if known > 0 {
                    let id = random.u64(..known);
                    let (value, outcome) = cache.scope(observe(record(&now, id))).await;
                    assert_eq!(value, 2 + id, "a value that was invalidated, by a {outcome}");
                    if known == MANY && outcome != Outcome::Bypass {
                        assert_eq!(pending(&cache), 0, "a {outcome} before all was made up for");
                    }
                    hits += u64::from(outcome == Outcome::Hit);
                }
                tokio::task::yield_now().await;
            }
            hits
        });
    }
    for id in 0..MANY {
        let invalidated_one = cache.scope(async { record::entry(id).invalidate().await }).await;
        invalidated_one.expect_err("Redis is away");
        invalidated.fetch_add(1, Ordering::SeqCst);
    }
    assert_eq!(pending(cache), MANY);
    end().await;
    eventually(RECOVERY, || async { pending(cache) == 0 }).await;
    for id in 0..MANY {
        assert_eq!(other.scope(record(&now, id)).await, 2 + id, "another process reads it");
    }
    is_over.store(true, Ordering::SeqCst);
    let hits: u64 = readers.join_all().await.into_iter().sum();
    eprintln!("{hits} hits after a thousand invalidations");
    hits_again(cache, &now, RECOVERY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_while_refused() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    a_thousand(&world, &cache, async || world.proxy.refuse(), async || world.proxy.pass()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_while_stopped() {
    let world = World::start_patient().await;
    let cache = cache_with(&world.proxy.url(), STEP);
    let fault = async || world.server.pause().await;
    a_thousand(&world, &cache, fault, async || world.server.resume().await).await;
}

#[tokio::test]
async fn tags_and_prefixes() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let now = AtomicU64::new(1);
    let read = async |group| {
        let member = observe(member(&now, group)).await;
        (member, observe(owner(&now, group)).await, observe(wide(&now, group)).await)
    };
    let hit = |now, group| {
        let hit = Outcome::Hit;
        ((now * 10 + group, hit), ((now, group + 100), hit), (now + group, hit))
    };
    cache
        .scope(async {
            for group in [1, 2, 3] {
                read(group).await;
                assert_eq!(read(group).await, hit(1, group));
            }
            world.proxy.refuse();
            now.store(2, Ordering::SeqCst);
            cache.invalidate_tag("group:1").await.expect_err("Redis is away");
            cache.invalidate_tags(["group:2", "group:102"]).await.expect_err("Redis is away");
            cache.invalidate_prefix("wide").await.expect_err("Redis is away");
            assert_eq!(pending(&cache), 4);
            // Five failures in a row have Redis left alone.
            for id in 0..5 {
                record::entry(id).invalidate().await.expect_err("Redis is away");
            }
            world.proxy.pass();
            eventually(RECOVERY, || async {
                let ((member, _), (owner, _), (wide, _)) = read(2).await;
                assert_eq!((member, owner, wide), (22, (2, 102), 4));
                pending(&cache) == 0
            })
            .await;
            eventually(RECOVERY, || async { read(2).await == hit(2, 2) }).await;
            // Its tag was invalidated, what its owner is under was not.
            let ((member, _), owner, (wide, _)) = read(1).await;
            assert_eq!((member, owner, wide), (21, ((1, 101), Outcome::Hit), 3));
            assert_eq!(read(3).await.0, (13, Outcome::Hit));
        })
        .await;
    assert_eq!(cache.stats().total.undecodable, 0);
}

/// The write ends while Redis is away. Its intents are taken back as well, and are not waited for.
#[tokio::test]
async fn writes_that_end_meanwhile() {
    #[cache_invalidate(record(0), tags = ["all"])]
    async fn write(world: &World, now: &AtomicU64) {
        now.store(2, Ordering::SeqCst);
        world.proxy.refuse();
    }
    let world = World::start_patient().await;
    let cache = cache_with(&world.proxy.url(), CALM);
    let now = AtomicU64::new(1);
    let calls = async {
        member(&now, 3).await;
        call(&cache, &now).await;
        // Of many writes the log is told once.
        let (events, _recording) = Events::record();
        for _ in 0..10 {
            write(&world, &now).await;
        }
        let told = events.lines().into_iter().filter(|line| line.contains("has written"));
        assert_eq!(told.count(), 1);
        assert_eq!(pending(&cache), 2);
        world.proxy.pass();
        eventually(RECOVERY, || async {
            let (value, outcome) = observe(member(&now, 3)).await;
            assert_eq!(value, 23, "a value that was invalidated, by a {outcome}");
            outcome == Outcome::Hit
        })
        .await;
        hits_again(&cache, &now, RECOVERY).await;
    };
    cache.scope(calls).await;
}

/// The replay has its time: what comes meanwhile is added, and calls are held back until all has gone through.
#[tokio::test]
async fn what_is_added_meanwhile_is_made_up_for_too() {
    let world = World::start_patient().await;
    let cache = cache_with(&world.proxy.url(), CALM);
    let now = AtomicU64::new(1);
    for id in 0..2 {
        cache.scope(record(&now, id)).await;
    }
    world.proxy.refuse();
    now.store(2, Ordering::SeqCst);
    for _ in 0..6 {
        invalidate(&cache).await.expect_err("Redis is away");
    }
    world.proxy.pass();
    world.proxy.every("UNLINK", Action::Delay(Duration::from_secs(1)));
    let before = seen(&world, "UNLINK");
    eventually(RECOVERY, || async { seen(&world, "UNLINK") > before }).await;
    // It is under way.
    let second = cache.scope(async { record::entry(1).invalidate().await }).await;
    second.expect_err("calls are not let in yet");
    assert_eq!(cache.scope(observe(record(&now, 7))).await.1, Outcome::Bypass);
    eventually(3 * RECOVERY, || async { pending(&cache) == 0 }).await;
    assert_eq!(cache.scope(record(&now, 1)).await, 3);
    world.proxy.pass();
    hits_again(&cache, &now, RECOVERY).await;
    assert!(seen(&world, "UNLINK") >= before + 2);
}

/// A server that answers reads, and then hangs, is not back.
#[tokio::test]
async fn calls_are_held_back_while_it_fails() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let now = AtomicU64::new(1);
    call(&cache, &now).await;
    cache.scope(record(&now, 5)).await;
    world.proxy.refuse();
    now.store(2, Ordering::SeqCst);
    for _ in 0..6 {
        invalidate(&cache).await.expect_err("Redis is away");
    }
    world.proxy.pass();
    world.proxy.every("UNLINK", Action::Hang);
    let before = seen(&world, "UNLINK");
    eventually(4 * RECOVERY, || async {
        // Also those that nobody has invalidated.
        assert_eq!(cache.scope(observe(record(&now, 5))).await, (7, Outcome::Bypass));
        seen(&world, "UNLINK") >= before + 2
    })
    .await;
    assert_eq!(pending(&cache), 1);
    world.proxy.pass();
    hits_again(&cache, &now, RECOVERY + PATIENCE).await;
    assert_eq!(cache.scope(observe(record(&now, 5))).await, (6, Outcome::Hit), "it stands");
    assert_eq!(pending(&cache), 0);
}

/// A missing right concerns what it is about, and no other call.
#[tokio::test]
async fn what_is_refused_holds_nobody_back() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let now = AtomicU64::new(1);
    call(&cache, &now).await;
    cache.scope(record(&now, 5)).await;
    world.proxy.refuse();
    now.store(2, Ordering::SeqCst);
    for _ in 0..6 {
        invalidate(&cache).await.expect_err("Redis is away");
    }
    world.proxy.pass();
    let refusal = "NOPERM User app has no permissions to run the 'unlink' command";
    world.proxy.every("UNLINK", Action::error(refusal));
    eventually(RECOVERY, || async {
        assert_eq!(call(&cache, &now).await, (2, Outcome::Bypass), "it is still in doubt");
        cache.scope(observe(record(&now, 5))).await == (6, Outcome::Hit)
    })
    .await;
    assert_eq!(pending(&cache), 1);
    world.proxy.pass();
    hits_again(&cache, &now, RECOVERY).await;
    assert_eq!(pending(&cache), 0);
}

/// Through wrappers, and for each of them.
#[tokio::test]
async fn caches_that_share_a_store() {
    let world = World::start_patient().await;
    let store = Arc::new(RedisStore::open(world.proxy.url(), PATIENCE).unwrap());
    let cache = |namespace| {
        let builder = Cache::builder().store(Arc::clone(&store)).namespace(namespace);
        builder.op_timeout(PATIENCE).build().unwrap()
    };
    // One that has gone by then keeps nobody.
    drop(cache("gone"));
    let caches = ["t", "u"].map(cache);
    let now = AtomicU64::new(1);
    for cache in &caches {
        call(cache, &now).await;
    }
    world.proxy.refuse();
    now.store(2, Ordering::SeqCst);
    for _ in 0..3 {
        for cache in &caches {
            invalidate(cache).await.expect_err("Redis is away");
        }
    }
    world.proxy.pass();
    for cache in &caches {
        eventually(RECOVERY, || async {
            let (value, outcome) = call(cache, &now).await;
            assert_eq!(value, 2, "a value that was invalidated, by a {outcome}");
            if outcome != Outcome::Bypass {
                assert!(caches.iter().all(|cache| pending(cache) == 0));
            }
            outcome == Outcome::Hit
        })
        .await;
    }
}

/// More than is remembered one by one: nothing that was there counts any more.
#[tokio::test]
async fn beyond_the_bound_all_is_emptied() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let now = AtomicU64::new(1);
    cache
        .scope(async {
            for id in 0..10 {
                record(&now, id).await;
                member(&now, id).await;
            }
            world.proxy.refuse();
            now.store(2, Ordering::SeqCst);
            for id in 0..=100_000 {
                record::entry(id + 10).invalidate().await.expect_err("Redis is away");
            }
            cache.invalidate_tag("group:4").await.expect_err("Redis is away");
            assert_eq!(pending(&cache), 100_001);
            let start = std::time::Instant::now();
            world.proxy.pass();
            eventually(3 * RECOVERY, || async {
                let (value, outcome) = observe(record(&now, 0)).await;
                assert_eq!(value, 2, "a value that was invalidated, by a {outcome}");
                assert_eq!(member(&now, 4).await, 24);
                pending(&cache) == 0
            })
            .await;
            eprintln!("100,002 invalidations were made up for after {:?}", start.elapsed());
            hits_again(&cache, &now, RECOVERY).await;
            for id in 1..10 {
                let (value, outcome) = observe(record(&now, id)).await;
                assert_eq!((value, outcome), (2 + id, Outcome::Miss));
            }
        })
        .await;
}
