//! What is invalidated is heard by all processes.

use std::time::Duration;

use cached_runtime::{
    Cache, Invalidation, Invalidations, MemoryStore, cache_invalidate, cache_put, redis_cache,
};
use support::eventually;
use tokio::time::timeout;

use crate::basic::Basic;
use crate::on_every_store;
use crate::world::World;

const PATIENCE: Duration = Duration::from_secs(10);

#[redis_cache(ttl = 60, prefix = "square", stale_while_revalidate = "1m")]
async fn square(n: u64) -> u64 {
    n * n
}

#[cache_invalidate(square(n), tags = ["n:{n}"])]
async fn write(n: u64) {}

#[cache_put(square(n))]
async fn put(n: u64) -> u64 {
    n + 1
}

fn cache(world: &World, version: &str) -> Cache {
    let Some(server) = &world.server else { return world.cache.clone() };
    let builder = Cache::builder().redis(server.url()).op_timeout(PATIENCE);
    builder.namespace(&world.namespace).version(version).build().unwrap()
}

async fn next(invalidations: &mut Invalidations) -> Invalidation {
    let next = timeout(PATIENCE, invalidations.next()).await;
    next.expect("there is an event").expect("the stream goes on")
}

on_every_store! {
    async fn each_kind_is_heard_by_all(world) {
        let mut here = world.cache.invalidations().await.unwrap();
        let mut there = cache(&world, "").invalidations().await.unwrap();
        let entry = square::entry(3);
        let key = Invalidation::Entry(entry.key().to_owned());
        // A fill tells nobody, and a hit neither.
        square(3).await;
        square(3).await;
        let mut heard = async |expected: &Invalidation| {
            assert_eq!(next(&mut here).await, *expected);
            assert_eq!(next(&mut there).await, *expected);
        };
        entry.expire().await.unwrap();
        heard(&key).await;
        entry.put(&1).await.unwrap();
        heard(&key).await;
        entry.invalidate().await.unwrap();
        heard(&key).await;
        entry.expire().await.unwrap();
        heard(&key).await;
        world.cache.invalidate_prefix("a:b c").await.unwrap();
        heard(&Invalidation::Prefix("a:b c".to_owned())).await;
        world.cache.clear().await.unwrap();
        heard(&Invalidation::All).await;
    }

    async fn tags_and_functions_that_write_are_heard(world) {
        let mut heard = world.cache.invalidations().await.unwrap();
        world.cache.invalidate_tags(["a", "b:c d"]).await.unwrap();
        assert_eq!(next(&mut heard).await, Invalidation::Tag("a".to_owned()));
        assert_eq!(next(&mut heard).await, Invalidation::Tag("b:c d".to_owned()));
        let key = Invalidation::Entry(square::entry(3).key().to_owned());
        write(3).await;
        let both = [next(&mut heard).await, next(&mut heard).await];
        assert!(both.contains(&key) && both.contains(&Invalidation::Tag("n:3".to_owned())), "{both:?}");
        assert_eq!(put(3).await, 4);
        assert_eq!(next(&mut heard).await, key);
    }

    async fn they_come_in_order_and_none_is_lost(world) {
        let mut invalidations = world.cache.invalidations().await.unwrap();
        for n in 0..500 {
            square::entry(n).invalidate().await.unwrap();
        }
        for n in 0..500 {
            let expected = Invalidation::Entry(square::entry(n).key().to_owned());
            assert_eq!(next(&mut invalidations).await, expected);
        }
    }

    async fn a_reader_that_is_far_behind_is_told(world) {
        let mut invalidations = world.cache.invalidations().await.unwrap();
        for n in 0..2500 {
            square::entry(n).invalidate().await.unwrap();
        }
        let mut heard = Vec::new();
        while !heard.contains(&Invalidation::Gap) {
            heard.push(next(&mut invalidations).await);
        }
        // Caught up, it hears all again.
        while timeout(Duration::from_millis(200), invalidations.next()).await.is_ok() {}
        world.cache.clear().await.unwrap();
        assert_eq!(next(&mut invalidations).await, Invalidation::All);
    }

    async fn one_that_is_dropped_hears_nothing_and_is_forgotten(world) {
        let invalidations = world.cache.invalidations().await.unwrap();
        drop(invalidations);
        square::entry(1).invalidate().await.unwrap();
        let Some(server) = &world.server else { return };
        let channel = format!("{}:%invalidations", world.namespace);
        eventually(PATIENCE, || async {
            let reply = server.command(&["PUBSUB", "NUMSUB", &channel]).await;
            format!("{reply:?}").contains("Int(0)")
        })
        .await;
    }

    async fn what_another_program_says_is_heard(world) {
        let Some(server) = &world.server else { return };
        let mut invalidations = world.cache.invalidations().await.unwrap();
        let channel = format!("{}:%invalidations", world.namespace);
        for (message, expected) in [
            (&b"entry:user:42"[..], Invalidation::Entry("user:42".to_owned())),
            (b"tag:users", Invalidation::Tag("users".to_owned())),
            (b"all", Invalidation::All),
            (b"of a later release", Invalidation::Gap),
            (b"\xff\0", Invalidation::Gap),
        ] {
            server.command(&[b"PUBLISH", channel.as_bytes(), message]).await;
            assert_eq!(next(&mut invalidations).await, expected);
        }
    }
}

#[tokio::test]
async fn other_namespaces_and_versions_hear_nothing() {
    let world = World::on_redis("other-namespaces-hear-nothing").await;
    let mut other = cache(&world, "v2").invalidations().await.unwrap();
    world.cache.scope(async { square::entry(1).invalidate().await }).await.unwrap();
    world.cache.shutdown().await;
    cache(&world, "v2").clear().await.unwrap();
    assert_eq!(next(&mut other).await, Invalidation::All, "and nothing before");
}

#[tokio::test]
async fn a_disabled_cache_has_no_events() {
    let cache = Cache::disabled();
    let mut invalidations = cache.invalidations().await.unwrap();
    cache.clear().await.unwrap();
    timeout(Duration::from_millis(10), invalidations.next()).await.unwrap_err();
}

#[tokio::test]
async fn a_store_without_events_and_locks_says_so() {
    let store = Basic(MemoryStore::default());
    let cache = Cache::builder().store(store).build().unwrap();
    let error = cache.invalidations().await.unwrap_err();
    assert!(error.to_string().contains("has no events"), "{error}");
    let error = cache.try_lock("a", PATIENCE).await.unwrap_err();
    assert!(error.to_string().contains("has no locks"), "{error}");
    cache.scope(async { square::entry(1).invalidate().await }).await.expect("nothing fails by it");
}
