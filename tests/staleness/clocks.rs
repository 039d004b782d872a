//! Age comes from the store: what the clocks of two machines say makes no difference.

use std::sync::Arc;
use std::time::Duration;

use cached_runtime::{Cache, MemoryStore, Outcome, observe, redis_cache};
use support::RedisServer;
use tokio::time::{advance, pause};

use crate::world::{Body, on_redis};

#[tokio::test]
async fn clocks_five_minutes_apart_change_nothing() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, stale_while_revalidate = 60, stale_if_error = 120)]
    async fn value() -> Result<u64, String> {
        BODY.run().await
    }

    let server = RedisServer::start().await;
    let (fast, slow) = std::thread::scope(|threads| {
        // A runtime whose clock is ahead, with the Redis client and all else on it.
        let url = server.url();
        let ahead = threads.spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                pause();
                advance(Duration::from_secs(300)).await;
                tokio::time::resume();
                let cache = on_redis(url);
                let filled = cache.scope(observe(value())).await;
                (filled, cache.scope(async { value::entry().ttl().await.unwrap() }).await)
            })
        });
        let fast = ahead.join().unwrap();
        let url = server.url();
        let behind = threads.spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let cache = on_redis(url);
                let read = cache.scope(observe(value())).await;
                (read, cache.scope(async { value::entry().ttl().await.unwrap() }).await)
            })
        });
        (fast, behind.join().unwrap())
    });
    assert_eq!(fast.0, (Ok(1), Outcome::Miss));
    assert_eq!(slow.0, (Ok(1), Outcome::Hit));
    let (first, second) = (fast.1.unwrap(), slow.1.unwrap());
    assert!(first.abs_diff(second) < Duration::from_secs(20), "{first:?} {second:?}");
}

#[tokio::test(start_paused = true)]
async fn no_clock_is_written_into_a_value() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, stale_while_revalidate = 60)]
    async fn value() -> Result<u64, String> {
        BODY.run().await
    }

    // The same bytes, put into the store at another time by a program whose clock is elsewhere, are as fresh.
    let store = Arc::new(MemoryStore::default());
    let cache = Cache::builder().store(Arc::clone(&store)).build().unwrap();
    cache
        .scope(async {
            assert_eq!(value().await, Ok(1));
            let slot = value::entry().key().to_owned();
            let bytes = cached_runtime::Store::get(&store, &slot).await.unwrap().unwrap();
            advance(Duration::from_secs(3600)).await;
            let ttl = Duration::from_secs(120);
            cached_runtime::Store::set(&store, &slot, bytes, ttl).await.unwrap();
            assert_eq!(observe(value()).await, (Ok(1), Outcome::Hit));
            advance(Duration::from_secs(61)).await;
            assert_eq!(observe(value()).await, (Ok(1), Outcome::Stale));
        })
        .await;
}
