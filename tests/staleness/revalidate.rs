//! `stale_while_revalidate`.

use std::sync::Arc;
use std::time::Duration;

use cached_runtime::{Cache, MemoryStore, Outcome, observe, only_cached, redis_cache};
use support::RedisServer;
use tokio::time::advance;

use crate::world::{Body, on_redis, settle};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_stale_value_is_served_at_once_while_one_refill_runs() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, stale_while_revalidate = 30)]
    async fn value() -> Result<u64, String> {
        BODY.run().await
    }

    let cache = Cache::in_memory();
    cache
        .scope(async {
            assert_eq!(observe(value()).await, (Ok(1), Outcome::Miss));
            advance(59 * SECOND).await;
            assert_eq!(observe(value()).await, (Ok(1), Outcome::Hit));
            advance(2 * SECOND).await;
            BODY.hold();
            for _ in 0..50 {
                assert_eq!(observe(value()).await, (Ok(1), Outcome::Stale));
                settle().await;
            }
            assert_eq!(BODY.runs(), 2, "one refill, however many calls");
            BODY.release();
            cache.shutdown().await;
            assert_eq!(observe(value()).await, (Ok(2), Outcome::Hit));
            assert_eq!(cache.stats().total.stale, 50);
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn when_the_window_is_over_calls_wait_for_the_body() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, stale_while_revalidate = 30)]
    async fn value() -> Result<u64, String> {
        BODY.run().await
    }

    Cache::in_memory()
        .scope(async {
            assert_eq!(value().await, Ok(1));
            advance(90 * SECOND).await;
            assert_eq!(observe(value()).await, (Ok(2), Outcome::Miss));
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn only_what_is_served_without_a_body_is_there_for_those_who_run_none() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, stale_while_revalidate = 30, stale_if_error = 60)]
    async fn value() -> Result<u64, String> {
        BODY.run().await
    }

    Cache::in_memory()
        .scope(async {
            assert_eq!(value().await, Ok(1));
            let entry = value::entry();
            assert_eq!(entry.ttl().await.unwrap(), Some(60 * SECOND));
            advance(70 * SECOND).await;
            assert_eq!(entry.ttl().await.unwrap(), Some(Duration::ZERO));
            assert_eq!(entry.get().await.unwrap(), Some(1));
            assert_eq!(observe(only_cached(value())).await, (Some(Ok(1)), Outcome::Stale));
            advance(30 * SECOND).await;
            assert_eq!(entry.get().await.unwrap(), None);
            assert_eq!(only_cached(value()).await, None);
            assert_eq!(BODY.runs(), 1);
        })
        .await;
}

#[tokio::test]
async fn two_processes_refill_once() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = "200ms", stale_while_revalidate = "1h")]
    async fn value() -> Result<u64, String> {
        BODY.run().await
    }

    let server = RedisServer::start().await;
    let on_redis = || on_redis(server.url());
    let memory = Arc::new(MemoryStore::default());
    let in_memory = || Cache::builder().store(Arc::clone(&memory)).build().unwrap();
    for caches in [[on_redis(), on_redis()], [in_memory(), in_memory()]] {
        let runs = BODY.runs();
        let [first, second] = &caches;
        first.scope(async { value().await.unwrap() }).await;
        support::eventually(Duration::from_secs(10), || async {
            first.scope(async { value::entry().ttl().await.unwrap() == Some(Duration::ZERO) }).await
        })
        .await;
        BODY.hold();
        for _ in 0..20 {
            for cache in &caches {
                let (stale, outcome) = cache.scope(observe(value())).await;
                assert_eq!((stale, outcome), (Ok(runs + 1), Outcome::Stale));
            }
        }
        support::eventually(Duration::from_secs(10), || async { BODY.runs() == runs + 2 }).await;
        BODY.open();
        first.shutdown().await;
        second.shutdown().await;
        assert_eq!(BODY.runs(), runs + 2, "one refill in both processes");
        assert_eq!(second.scope(observe(value())).await.0, Ok(runs + 2));
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_is_not_undone_by_a_refill() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, stale_while_revalidate = 60)]
    async fn value() -> Result<u64, String> {
        BODY.run().await
    }

    let cache = Cache::in_memory();
    cache
        .scope(async {
            assert_eq!(value().await, Ok(1));
            advance(61 * SECOND).await;
            BODY.hold();
            assert_eq!(observe(value()).await, (Ok(1), Outcome::Stale));
            settle().await;
            assert_eq!(BODY.runs(), 2, "the refill is at the gate");
            value::entry().invalidate().await.unwrap();
            BODY.release();
            cache.shutdown().await;
            assert_eq!(value::entry().get().await.unwrap(), None, "it came too late");
            assert_eq!(cache.stats().total.overtaken, 1);
        })
        .await;
}

#[test]
fn a_runtime_without_timers_refills_too() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, stale_while_revalidate = "1h")]
    async fn value() -> Result<u64, String> {
        BODY.run().await
    }

    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(Cache::in_memory().scope(async {
        assert_eq!(value().await, Ok(1));
        value::entry().expire().await.unwrap();
        assert_eq!(observe(value()).await, (Ok(1), Outcome::Stale));
        Cache::current().shutdown().await;
        assert_eq!(observe(value()).await, (Ok(2), Outcome::Hit));
    }));
}
