//! Locks, on every store.

use std::collections::HashSet;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cached_runtime::{Cache, Lock, MemoryStore, Store};
use tokio::sync::{Barrier, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::on_every_store;
use crate::world::World;

const MINUTE: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_secs(10);

/// A cache of another process: with Redis, over a connection of its own.
fn another(world: &World, version: &str) -> Cache {
    let Some(server) = &world.server else { return world.cache.clone() };
    let builder = Cache::builder().redis(server.url()).op_timeout(PATIENCE);
    builder.namespace(&world.namespace).version(version).build().unwrap()
}

async fn taken(cache: &Cache, name: &str) -> Option<Lock> {
    cache.try_lock(name, MINUTE).await.unwrap()
}

on_every_store! {
    async fn one_holder_at_a_time(world) {
        let other = another(&world, "");
        let lock = world.cache.lock("order:42", MINUTE).await.unwrap();
        assert!(taken(&other, "order:42").await.is_none());
        assert!(taken(&world.cache, "order:42").await.is_none(), "nor the same cache");
        let beside = taken(&other, "order:43").await.expect("another name is another lock");
        assert!(lock.release().await.unwrap());
        let next = taken(&other, "order:42").await.expect("it was given back");
        assert!(next.release().await.unwrap() && beside.release().await.unwrap());
    }

    async fn old_and_new_releases_exclude_each_other(world) {
        let lock = world.cache.lock("deploy", MINUTE).await.unwrap();
        assert!(taken(&another(&world, "v2"), "deploy").await.is_none());
        assert!(lock.release().await.unwrap());
    }

    async fn a_lock_that_is_dropped_is_given_back(world) {
        let lock = world.cache.lock("a", MINUTE).await.unwrap();
        drop(lock);
        drop(world.cache.lock("a", MINUTE).wait(PATIENCE).await.unwrap());
    }

    async fn clearing_the_cache_keeps_its_locks(world) {
        let lock = world.cache.lock("a", MINUTE).await.unwrap();
        world.cache.clear().await.unwrap();
        world.cache.invalidate_prefix("%lock").await.unwrap();
        assert!(taken(&world.cache, "a").await.is_none());
        lock.renew().await.unwrap();
    }

    async fn one_that_waits_gets_it_when_it_is_free(world) {
        let lock = world.cache.lock("a", MINUTE).await.unwrap();
        let cache = another(&world, "");
        let waiting = tokio::spawn(async move { cache.lock("a", MINUTE).await });
        tokio::task::yield_now().await;
        let first = lock.fence();
        assert!(lock.release().await.unwrap());
        let second = timeout(PATIENCE, waiting).await.unwrap().unwrap().unwrap();
        assert!(second.fence() > first);
    }

    async fn one_that_waits_in_vain_is_told(world) {
        let lock = world.cache.lock("order:42", MINUTE).await.unwrap();
        for wait in [Duration::ZERO, Duration::from_millis(30)] {
            let error = world.cache.lock("order:42", MINUTE).wait(wait).await.unwrap_err();
            assert!(error.is_locked() && !error.is_lost(), "{error}");
            assert!(error.to_string().contains("order:42"), "{error}");
        }
        lock.renew().await.unwrap();
    }

    async fn one_that_no_longer_waits_leaves_nothing(world) {
        let lock = world.cache.lock("a", MINUTE).await.unwrap();
        let waiting = world.cache.lock("a", MINUTE);
        timeout(Duration::from_millis(20), waiting).await.unwrap_err();
        assert!(lock.release().await.unwrap());
        assert!(taken(&world.cache, "a").await.is_some());
    }

    async fn a_lock_that_is_over_is_lost_and_frees_nobody_else(world) {
        let short = Duration::from_millis(5);
        for how in 0..3 {
            let late = world.cache.lock("a", short).await.unwrap();
            let lock = world.cache.lock("a", MINUTE).await.unwrap();
            assert!(lock.fence() > late.fence());
            match how {
                0 => {
                    let error = late.renew().await.unwrap_err();
                    assert!(error.is_lost() && error.to_string().contains("\"a\""), "{error}");
                    assert!(late.renew_for(MINUTE).await.unwrap_err().is_lost());
                    assert!(!late.release().await.unwrap());
                }
                1 => assert!(!late.release().await.unwrap()),
                _ => {
                    drop(late);
                    world.cache.shutdown().await;
                }
            }
            lock.renew().await.expect("it is still held");
            assert!(lock.release().await.unwrap());
        }
    }

    async fn a_lock_lives_for_as_long_as_it_is_renewed(world) {
        let lock = world.cache.lock("a", MINUTE).await.unwrap();
        lock.renew_for(Duration::from_millis(5)).await.unwrap();
        let next = timeout(PATIENCE, world.cache.lock("a", Duration::from_millis(5)));
        let next = next.await.unwrap().unwrap();
        assert!(lock.renew().await.unwrap_err().is_lost());
        assert!(lock.renew_for(Duration::ZERO).await.unwrap_err().is_setting());
        // It may be over already; no other has had it then.
        if next.renew_for(MINUTE).await.is_ok() {
            assert!(taken(&world.cache, "a").await.is_none());
        }
    }

    async fn work_under_a_lock_keeps_it(world) {
        // Longer than any pause of a busy machine, by a third.
        let ttl = Duration::from_secs(2);
        let lock = world.cache.lock("a", ttl).await.unwrap();
        let (done, wait) = oneshot::channel();
        let other = another(&world, "");
        let trying = tokio::spawn(async move {
            for _ in 0..15 {
                assert!(taken(&other, "a").await.is_none(), "it is held");
                tokio::time::sleep(ttl / 10).await;
            }
            done.send(7).unwrap();
        });
        let ran = lock.run(wait).await;
        trying.await.unwrap();
        assert_eq!(ran.unwrap().unwrap(), 7);
        assert!(lock.release().await.unwrap());
    }

    async fn work_under_a_lock_that_is_lost_is_dropped(world) {
        struct Dropped(Option<oneshot::Sender<()>>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                let _ = self.0.take().map(|sender| sender.send(()));
            }
        }
        let Some(server) = &world.server else { return };
        let lock = world.cache.lock("a", Duration::from_millis(300)).await.unwrap();
        server.command(&["DEL", &format!("{}%lock:a", world.namespace)]).await;
        let (sender, is_dropped) = oneshot::channel();
        let guard = Dropped(Some(sender));
        let work = async move {
            let _guard = guard;
            pending::<()>().await;
        };
        let error = timeout(PATIENCE, lock.run(work)).await.unwrap().unwrap_err();
        assert!(error.is_lost(), "{error}");
        is_dropped.await.unwrap();
    }

    async fn fences_rise_over_many_holders(world) {
        const TASKS: u64 = 20;
        const EACH: u64 = 50;
        let last = Arc::new(AtomicU64::new(0));
        let start = Arc::new(Barrier::new(20));
        let mut tasks = JoinSet::new();
        for _ in 0..TASKS {
            let (cache, last) = (another(&world, ""), Arc::clone(&last));
            let start = Arc::clone(&start);
            tasks.spawn(async move {
                start.wait().await;
                for _ in 0..EACH {
                    let lock = cache.lock("a", MINUTE).await.unwrap();
                    // Under the lock: whoever was last had a lower one.
                    let before = last.swap(lock.fence(), Ordering::SeqCst);
                    assert!(lock.fence() > before, "{} after {before}", lock.fence());
                    assert!(lock.release().await.unwrap());
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        assert!(last.load(Ordering::SeqCst) >= TASKS * EACH);
    }

    async fn what_is_no_lock_is_a_setting_error(world) {
        for (name, ttl, wrong) in [("", MINUTE, "`name`"), ("a", Duration::ZERO, "`ttl`")] {
            let error = world.cache.try_lock(name, ttl).await.unwrap_err();
            assert!(error.is_setting() && error.to_string().contains(wrong), "{error}");
            assert!(world.cache.lock(name, ttl).await.unwrap_err().is_setting());
        }
    }

    async fn names_and_times_of_all_kinds(world) {
        let names = ["order:42", "order%3A42", "a b", "{a}", "ü\n", "a%lock:b", "%", ":"];
        let mut locks = Vec::new();
        for name in names {
            locks.push(taken(&world.cache, name).await.expect(name));
        }
        let longest = world.cache.lock("long", Duration::MAX).await.unwrap();
        longest.renew_for(Duration::MAX).await.unwrap();
        assert_eq!(longest.run(async { 1 }).await.unwrap(), 1);
        let shortest = world.cache.lock("short", Duration::from_nanos(1)).await.unwrap();
        drop(shortest);
        let Some(server) = &world.server else { return };
        let keys: HashSet<_> = server.keys(&format!("{}%lock:*", world.namespace)).await.into_iter().collect();
        for name in ["order:42", "order%253A42", "a%20b", "%7Ba%7D", "%C3%BC%0A", "a%25lock:b", "%25", ":"] {
            let name = name.replace("%C3%BC", "ü");
            assert!(keys.contains(&format!("{}%lock:{name}", world.namespace)), "{name} in {keys:?}");
        }
    }
}

#[tokio::test]
async fn a_disabled_cache_has_no_locks() {
    let error = Cache::disabled().lock("a", MINUTE).await.unwrap_err();
    assert!(error.is_setting() && error.to_string().contains("disabled"), "{error}");
}

#[tokio::test]
async fn a_full_memory_store_keeps_the_locks_that_are_held() {
    let cache = |store| Cache::builder().store(store).build().unwrap();
    let store = Arc::new(MemoryStore::new(64 * 1024));
    let cache = cache(Arc::clone(&store));
    let mut locks = Vec::new();
    for number in 0..20 {
        locks.push(taken(&cache, &number.to_string()).await.unwrap());
        locks.last().unwrap().renew().await.unwrap();
    }
    for slot in 0..10_000 {
        store.set(&slot.to_string(), vec![0; 100].into(), MINUTE).await.unwrap();
    }
    for lock in locks {
        lock.renew().await.unwrap();
        assert!(lock.release().await.unwrap());
    }
}
