//! `Entry::expire`.

use std::time::Duration;

use cached_runtime::{Cache, Outcome, observe, redis_cache};
use support::RedisServer;

use crate::world::{Body, on_redis, settle};

static BODY: Body = Body::new();

#[redis_cache(ttl = 60, stale_while_revalidate = 30)]
async fn revalidated(name: &'static str) -> Result<u64, String> {
    assert_eq!(name, "x");
    BODY.run().await
}

#[tokio::test]
async fn it_is_stale_now_and_still_there() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, stale_if_error = 30)]
    async fn value() -> Result<u64, String> {
        BODY.run().await
    }

    let server = RedisServer::start().await;
    for cache in [on_redis(server.url()), Cache::in_memory()] {
        BODY.fail(false);
        let runs = BODY.runs();
        cache
            .scope(async {
                let entry = value::entry();
                entry.expire().await.unwrap();
                assert_eq!(entry.ttl().await.unwrap(), None, "there is nothing to expire");
                assert_eq!(value().await, Ok(runs + 1));
                entry.expire().await.unwrap();
                assert_eq!(entry.ttl().await.unwrap(), Some(Duration::ZERO));
                BODY.fail(true);
                assert_eq!(observe(value()).await, (Ok(runs + 1), Outcome::Stale));
                entry.invalidate().await.unwrap();
                assert!(value().await.is_err());
            })
            .await;
    }
}

#[tokio::test]
async fn without_a_window_it_empties_the_slot() {
    #[redis_cache(ttl = 60)]
    async fn value() -> u64 {
        1
    }

    Cache::in_memory()
        .scope(async {
            value().await;
            value::entry().expire().await.unwrap();
            assert_eq!(observe(value()).await, (1, Outcome::Miss));
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_refill_that_began_before_does_not_make_it_fresh() {
    let cache = Cache::in_memory();
    cache
        .scope(async {
            assert_eq!(revalidated("x").await, Ok(1));
            tokio::time::advance(Duration::from_secs(61)).await;
            BODY.hold();
            assert_eq!(observe(revalidated("x")).await, (Ok(1), Outcome::Stale));
            settle().await;
            assert_eq!(BODY.runs(), 2, "the refill is at the gate");
            revalidated::entry("x").expire().await.unwrap();
            BODY.release();
            cache.shutdown().await;
            assert_eq!(cache.stats().total.overtaken, 1);
            assert_eq!(revalidated::entry("x").ttl().await.unwrap(), Some(Duration::ZERO));
        })
        .await;
}
