//! The tasks in which entries are refilled.

use std::time::Duration;

use cached_runtime::{Cache, MemoryStore, Outcome, observe, redis_cache};
use tokio::sync::Semaphore;
use tokio::time::{advance, timeout};
use tracing::Metadata;

use crate::spans::Spans;
use crate::world::{Body, settle};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn no_more_at_once_than_were_allowed() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, stale_while_revalidate = "1h")]
    async fn value(id: u64) -> Result<u64, String> {
        let _ = id;
        BODY.run().await
    }

    let cache = Cache::builder().store(MemoryStore::default()).background_refills(3);
    let cache = cache.build().unwrap();
    cache
        .scope(async {
            for id in 0..20 {
                value(id).await.unwrap();
            }
            advance(2 * MINUTE).await;
            BODY.hold();
            for id in 0..20 {
                assert_eq!(observe(value(id)).await.1, Outcome::Stale);
            }
            settle().await;
            assert_eq!(BODY.runs(), 20 + 3);
            (0..3).for_each(|_| BODY.release());
            cache.shutdown().await;
            assert_eq!(observe(value(19)).await.1, Outcome::Stale);
            settle().await;
            assert_eq!(BODY.runs(), 20 + 3, "none is started after the shutdown");
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn shutdown_waits_for_a_body_and_no_longer_than_its_lease() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, stale_while_revalidate = "1h", lease = 5)]
    async fn value() -> Result<u64, String> {
        BODY.run().await
    }

    let cache = Cache::in_memory();
    cache
        .scope(async {
            value().await.unwrap();
            advance(2 * MINUTE).await;
            BODY.hold();
            value().await.unwrap();
            let early = timeout(Duration::from_secs(4), cache.shutdown()).await;
            assert!(early.is_err(), "the body is at the gate");
            timeout(Duration::from_secs(2), cache.shutdown()).await.expect("the lease is over");
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_panics_is_tried_again_later() {
    static RUNS: Body = Body::new();

    #[redis_cache(ttl = 60, stale_while_revalidate = "1h")]
    async fn value() -> Result<u64, String> {
        let run = RUNS.run().await?;
        assert_ne!(run, 2, "this one panics");
        Ok(run)
    }

    let cache = Cache::in_memory();
    cache
        .scope(async {
            value().await.unwrap();
            advance(2 * MINUTE).await;
            assert_eq!(observe(value()).await, (Ok(1), Outcome::Stale));
            settle().await;
            assert_eq!(observe(value()).await, (Ok(1), Outcome::Stale));
            settle().await;
            assert_eq!(RUNS.runs(), 2, "not at once");
            advance(2 * Duration::from_secs(1)).await;
            assert_eq!(observe(value()).await, (Ok(1), Outcome::Stale));
            settle().await;
            assert_eq!(observe(value()).await, (Ok(3), Outcome::Hit));
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn the_cache_of_the_scope_and_the_span_of_the_call_are_kept() {
    static SPANS: std::sync::Mutex<Vec<Option<&'static str>>> = std::sync::Mutex::new(Vec::new());
    static NAMES: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());
    static DONE: Semaphore = Semaphore::const_new(0);

    #[redis_cache(ttl = 60, stale_while_revalidate = "1h")]
    async fn value() -> u64 {
        SPANS.lock().unwrap().push(tracing::Span::current().metadata().map(Metadata::name));
        NAMES.lock().unwrap().push(format!("{:?}", Cache::current()));
        DONE.add_permits(1);
        1
    }

    let _subscriber = tracing::subscriber::set_default(Spans::default());
    let cache = Cache::builder().store(MemoryStore::default()).namespace("own").build().unwrap();
    cache
        .scope(async {
            value().await;
            advance(2 * MINUTE).await;
            let call = tracing::info_span!("request");
            tracing::Instrument::instrument(value(), call).await;
            DONE.acquire_many(2).await.unwrap().forget();
        })
        .await;
    assert_eq!(*SPANS.lock().unwrap(), [None, Some("request")]);
    assert!(NAMES.lock().unwrap().iter().all(|name| name.contains("own")), "{NAMES:?}");
}
