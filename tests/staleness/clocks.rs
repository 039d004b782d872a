//! Age comes from the store: what the clocks of two machines say makes no difference.

use std::sync::Arc;
use std::time::Duration;

use cached_runtime::{Cache, MemoryStore, Outcome, cache_invalidate, observe, redis_cache};
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

/// Tags and intents are told by marks and by the store's time; the clock of this process jumps by an hour at each step.
#[tokio::test]
async fn a_clock_that_jumps() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, wait = "20ms", tags = ["all", "value:{result}"])]
    async fn tagged(id: u64) -> Result<u64, String> {
        let _ = id;
        BODY.run().await
    }

    #[cache_invalidate(tagged(id), tags = ["all"])]
    async fn write(id: u64) -> Result<(), String> {
        jump().await;
        if id == 0 { Err("no".to_owned()) } else { Ok(()) }
    }

    /// Without the timers of the client, which would take the jump for a timeout.
    async fn jump() {
        pause();
        advance(Duration::from_secs(3600)).await;
        tokio::time::resume();
    }

    let server = RedisServer::start().await;
    let cache = on_redis(server.url());
    cache
        .scope(async {
            let mut version = 0;
            for round in 0..4 {
                version += 1;
                assert_eq!(observe(tagged(1)).await, (Ok(version), Outcome::Miss), "{round}");
                jump().await;
                assert_eq!(observe(tagged(1)).await, (Ok(version), Outcome::Hit), "{round}");
                match round {
                    0 => cache.invalidate_tag("all").await.unwrap(),
                    1 => cache.invalidate_tag(&format!("value:{version}")).await.unwrap(),
                    2 => write(1).await.unwrap(),
                    _ => write(0).await.unwrap_err().clear(),
                }
                jump().await;
            }
        })
        .await;
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
