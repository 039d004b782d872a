//! `stale_if_error`.

use std::sync::Arc;
use std::time::Duration;

use cached_runtime::{Cache, MemoryStore, Outcome, observe, redis_cache};
use tokio::time::advance;

use crate::world::Body;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn an_hour_of_failures_reaches_no_caller_and_retries_are_spaced() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, stale_if_error = "2h")]
    async fn value() -> Result<u64, String> {
        BODY.run().await
    }

    let cache = Cache::in_memory();
    cache
        .scope(async {
            assert_eq!(value().await, Ok(1));
            BODY.fail(true);
            advance(61 * SECOND).await;
            for _ in 0..3600 * 4 {
                assert_eq!(observe(value()).await, (Ok(1), Outcome::Stale));
                advance(SECOND / 4).await;
            }
            // 1, 2, 4, 8, 16 and then every 30 seconds, less up to a quarter.
            let runs = BODY.runs() - 1;
            assert!((115..=170).contains(&runs), "{runs} tries in an hour of 14,400 calls");
            BODY.fail(false);
            advance(30 * SECOND).await;
            let (fresh, outcome) = observe(value()).await;
            assert_eq!((fresh, outcome), (Ok(runs + 2), Outcome::Miss));
            assert_eq!(observe(value()).await.1, Outcome::Hit);
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn while_a_body_is_tried_calls_wait_for_it() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, stale_if_error = "1h")]
    async fn value() -> Result<u64, String> {
        BODY.run().await
    }

    let cache = Cache::in_memory();
    cache
        .scope(async {
            assert_eq!(value().await, Ok(1));
            advance(61 * SECOND).await;
            BODY.hold();
            let mut calls: Vec<_> = (0..20).map(|_| Box::pin(observe(value()))).collect();
            for call in &mut calls {
                assert!(futures_poll_once(call.as_mut()).is_none(), "the body is at the gate");
            }
            assert_eq!(BODY.runs(), 2);
            BODY.release();
            let mut outcomes = Vec::new();
            for call in calls {
                let (value, outcome) = call.await;
                assert_eq!(value, Ok(2));
                outcomes.push(outcome);
            }
            assert_eq!(outcomes.iter().filter(|it| **it == Outcome::Miss).count(), 1);
            assert_eq!(outcomes.iter().filter(|it| **it == Outcome::Shared).count(), 19);
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn while_another_process_tries_all_calls_of_this_one_wait_for_it() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, stale_if_error = "1h")]
    async fn value() -> Result<u64, String> {
        BODY.run().await
    }

    let store = Arc::new(MemoryStore::default());
    let process = || Cache::builder().store(Arc::clone(&store)).build().unwrap();
    let (there, here) = (process(), process());
    assert_eq!(here.scope(value()).await, Ok(1));
    advance(61 * SECOND).await;
    BODY.hold();
    let mut tries = Box::pin(there.scope(value()));
    assert!(futures_poll_once(tries.as_mut()).is_none(), "the body is at the gate");
    let [mut first, mut second] = [0, 1].map(|_| Box::pin(here.scope(value())));
    for call in [&mut first, &mut second] {
        assert!(futures_poll_once(call.as_mut()).is_none(), "nothing has failed");
    }
    BODY.release();
    assert_eq!(tokio::join!(tries, first, second), (Ok(2), Ok(2), Ok(2)));
    assert_eq!(BODY.runs(), 2);
}

#[tokio::test(start_paused = true)]
async fn when_it_fails_all_who_waited_get_the_stale_value() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, stale_if_error = "1h")]
    async fn value() -> Result<u64, String> {
        BODY.run().await
    }

    Cache::in_memory()
        .scope(async {
            assert_eq!(value().await, Ok(1));
            advance(61 * SECOND).await;
            BODY.hold();
            BODY.fail(true);
            let mut calls: Vec<_> = (0..20).map(|_| Box::pin(observe(value()))).collect();
            for call in &mut calls {
                assert!(futures_poll_once(call.as_mut()).is_none(), "the body is at the gate");
            }
            BODY.release();
            for call in calls {
                assert_eq!(call.await, (Ok(1), Outcome::Stale));
            }
            assert_eq!(BODY.runs(), 2);
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn when_the_window_is_over_errors_are_returned() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, stale_if_error = 60)]
    async fn value() -> Result<u64, String> {
        BODY.run().await
    }

    Cache::in_memory()
        .scope(async {
            assert_eq!(value().await, Ok(1));
            BODY.fail(true);
            advance(119 * SECOND).await;
            assert_eq!(observe(value()).await, (Ok(1), Outcome::Stale));
            advance(SECOND).await;
            assert_eq!(observe(value()).await, (Err("run 3 failed".to_owned()), Outcome::Miss));
        })
        .await;
}

/// What a future has to say without waiting.
fn futures_poll_once<F: Future>(call: std::pin::Pin<&mut F>) -> Option<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match call.poll(&mut context) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}
