//! `early_refresh`: XFetch against plain `ttl`, in a simulation with paused time.

use std::pin::Pin;
use std::time::Duration;

use cached_runtime::{Cache, Outcome, observe, redis_cache};
use tokio::task::JoinSet;
use tokio::time::{Instant, advance, sleep};

use crate::world::Body;

const CALLERS: u64 = 50;
const TTL: Duration = Duration::from_secs(20);
const COST: Duration = Duration::from_secs(1);
const EXPIRIES: u32 = 200;

type Call = fn() -> Pin<Box<dyn Future<Output = Outcome> + Send>>;

#[redis_cache(ttl = TTL)]
async fn plain() -> u64 {
    sleep(COST).await;
    1
}

#[redis_cache(ttl = TTL, early_refresh = 1.0)]
async fn early() -> u64 {
    sleep(COST).await;
    1
}

/// The share of calls that wait for a body, their own or another's, where each caller calls twice a second.
async fn share_that_waits(call: Call) -> f64 {
    let cache = Cache::in_memory();
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let cache = cache.clone();
        callers.spawn(async move {
            sleep(Duration::from_millis(caller * 10)).await;
            let (mut calls, mut waits) = (0_u32, 0_u32);
            let end = Instant::now() + TTL * EXPIRIES;
            while Instant::now() < end {
                let outcome = cache.scope(call()).await;
                calls += 1;
                waits += u32::from(outcome != Outcome::Hit);
                sleep(Duration::from_millis(500)).await;
            }
            (calls, waits)
        });
    }
    let totals = callers.join_all().await;
    let (calls, waits) = totals.iter().fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
    println!("{waits} of {calls} calls waited for a body");
    f64::from(waits) / f64::from(calls)
}

#[tokio::test(start_paused = true)]
async fn nine_of_ten_waits_are_spared() {
    let plain = share_that_waits(|| Box::pin(async { observe(plain()).await.1 })).await;
    let early = share_that_waits(|| Box::pin(async { observe(early()).await.1 })).await;
    assert!(early <= plain / 10.0, "XFetch: {early:.5}, plain ttl: {plain:.5}");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_fails_early_harms_nobody() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, early_refresh = 1000.0)]
    async fn value() -> Result<u64, String> {
        sleep(COST).await;
        BODY.run().await
    }

    Cache::in_memory()
        .scope(async {
            assert_eq!(observe(value()).await, (Ok(1), Outcome::Miss));
            BODY.fail(true);
            for _ in 0..100 {
                assert_eq!(value().await, Ok(1));
                advance(Duration::from_millis(100)).await;
            }
            assert!((2..=8).contains(&BODY.runs()), "tries are spaced: {}", BODY.runs());
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn while_one_call_refills_early_the_others_get_the_value() {
    static BODY: Body = Body::new();

    #[redis_cache(ttl = 60, early_refresh = 1_000_000.0)]
    async fn value() -> Result<u64, String> {
        sleep(COST).await;
        BODY.run().await
    }

    let cache = Cache::in_memory();
    cache
        .scope(async {
            assert_eq!(value().await, Ok(1));
            BODY.hold();
            let refill = tokio::spawn(cache.scope(async { observe(value()).await }));
            sleep(2 * COST).await;
            assert_eq!(BODY.runs(), 2, "a cost of a second makes it sure at this beta");
            for _ in 0..20 {
                assert_eq!(observe(value()).await, (Ok(1), Outcome::Hit));
            }
            BODY.release();
            assert_eq!(refill.await.unwrap(), (Ok(2), Outcome::Miss));
        })
        .await;
}

/// A call draws once: of those 4 s before the end, of a body of 5 s, e^(-4/5) refill.
#[tokio::test(start_paused = true)]
async fn calls_refill_as_often_as_the_formula_says() {
    #[redis_cache(ttl = 100, early_refresh = 1.0)]
    async fn costly(id: u64) -> u64 {
        sleep(COST * 5).await;
        id
    }

    let calls = async {
        let mut early = 0;
        for id in 0..1000 {
            costly(id).await;
            advance(COST * 96).await;
            early += u64::from(observe(costly(id)).await.1 == Outcome::Miss);
        }
        assert!((370..530).contains(&early), "{early} of 1000, where 449 is expected");
    };
    Cache::in_memory().scope(calls).await;
}
