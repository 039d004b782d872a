//! When what is kept ends: never later than its slot, and never later than it is fresh. Time is paused.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use cached_runtime::{Cache, Outcome, observe, redis_cache};
use tokio::time::{advance, sleep};

use crate::world::Runs;

const SECOND: Duration = Duration::from_secs(1);

#[redis_cache(ttl = 60, local = 10)]
async fn short(id: u64) -> u64 {
    id
}

#[redis_cache(ttl = 10, local = 60)]
async fn long(id: u64) -> u64 {
    id
}

#[redis_cache(ttl = |value| Duration::from_secs(*value), local(max_size = 100))]
async fn as_it_says(seconds: u64) -> u64 {
    seconds
}

#[redis_cache(ttl = 60, none_ttl = 5, local = 60)]
async fn none(id: u64) -> Option<u64> {
    let _ = id;
    None
}

/// A miss, the hit that keeps the value, and then the process alone until that time, and not longer.
async fn is_kept_for<T>(time: Duration, call: impl AsyncFn() -> T, then: Outcome) {
    const BIT: Duration = Duration::from_millis(1);
    for outcome in [Outcome::Miss, Outcome::Hit, Outcome::LocalHit] {
        assert_eq!(observe(call()).await.1, outcome);
    }
    advance(time.saturating_sub(BIT)).await;
    assert_eq!(observe(call()).await.1, Outcome::LocalHit, "just before {time:?}");
    advance(BIT).await;
    assert_eq!(observe(call()).await.1, then, "after {time:?}");
}

#[tokio::test(start_paused = true)]
async fn after_its_own_time_the_store_is_asked() {
    let calls = is_kept_for(SECOND * 10, async || short(1).await, Outcome::Hit);
    Cache::in_memory().scope(calls).await;
}

#[tokio::test(start_paused = true)]
async fn it_ends_with_its_slot() {
    let calls = async {
        is_kept_for(SECOND * 10, async || long(1).await, Outcome::Miss).await;
        // However late it was read.
        advance(SECOND * 9).await;
        assert_eq!(observe(long(1)).await.1, Outcome::Hit);
        advance(SECOND).await;
        assert_eq!(observe(long(1)).await.1, Outcome::Miss);
    };
    Cache::in_memory().scope(calls).await;
}

#[tokio::test(start_paused = true)]
async fn each_value_has_the_time_that_it_was_given() {
    let calls = async {
        for seconds in [3, 30] {
            let time = Duration::from_secs(seconds);
            is_kept_for(time, async || as_it_says(seconds).await, Outcome::Miss).await;
        }
        is_kept_for(SECOND * 5, async || none(1).await, Outcome::Miss).await;
    };
    Cache::in_memory().scope(calls).await;
}

#[tokio::test(start_paused = true)]
async fn a_value_that_may_be_revalidated_is_not_kept_when_it_is_stale() {
    static RUNS: Runs = Runs::new();
    #[redis_cache(ttl = 10, local = 60, stale_while_revalidate = 60)]
    async fn revalidated() -> u32 {
        sleep(SECOND).await;
        RUNS.more()
    }
    let calls = async {
        is_kept_for(SECOND * 10, async || revalidated().await, Outcome::Stale).await;
        assert_eq!(observe(revalidated()).await, (1, Outcome::Stale), "while it is refilled");
        sleep(SECOND * 2).await;
        assert_eq!(observe(revalidated()).await, (2, Outcome::Hit));
        assert_eq!(observe(revalidated()).await, (2, Outcome::LocalHit));
    };
    Cache::in_memory().scope(calls).await;
}

#[tokio::test(start_paused = true)]
async fn a_value_that_is_better_than_an_error_is_not_kept_when_it_is_stale() {
    static FAILS: AtomicBool = AtomicBool::new(false);
    #[redis_cache(ttl = 10, local = 60, stale_if_error = 60)]
    async fn fallible() -> Result<u32, String> {
        if FAILS.load(Ordering::SeqCst) { Err("no more".to_owned()) } else { Ok(7) }
    }
    let calls = async {
        is_kept_for(SECOND * 10, async || fallible().await, Outcome::Miss).await;
        assert_eq!(observe(fallible()).await.1, Outcome::Hit);
        FAILS.store(true, Ordering::SeqCst);
        assert_eq!(observe(fallible()).await, (Ok(7), Outcome::LocalHit));
        fallible::entry().expire().await.unwrap();
        for _ in 0..5 {
            assert_eq!(observe(fallible()).await, (Ok(7), Outcome::Stale));
        }
        FAILS.store(false, Ordering::SeqCst);
        // After a failure, nobody tries for a while.
        advance(SECOND * 2).await;
        assert_eq!(observe(fallible()).await, (Ok(7), Outcome::Miss));
        assert_eq!(observe(fallible()).await, (Ok(7), Outcome::Hit));
        assert_eq!(observe(fallible()).await, (Ok(7), Outcome::LocalHit));
    };
    Cache::in_memory().scope(calls).await;
}

/// XFetch draws at each call. A kept value has drawn for all the time that it is kept, and the read after that draws anew.
#[tokio::test(start_paused = true)]
async fn an_early_refill_is_not_held_up() {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    #[redis_cache(ttl = 1000, early_refresh = 1.0, local = 1000)]
    async fn costly(id: u64) -> u64 {
        sleep(SECOND * 5).await;
        RUNS.fetch_add(1, Ordering::SeqCst) + id
    }
    let calls = async {
        let mut early = 0;
        for id in 0..200 {
            let first = costly(id).await;
            advance(SECOND * 500).await;
            assert_eq!(costly(id).await, first, "99 times the cost of the body before the end");
            advance(SECOND * 496).await;
            early += u64::from(costly(id).await != first);
        }
        // Of calls 4 s before the end, of a body of 5 s, e^(-4/5) refill; of these, e^(-4/5) read, and e^(-4/5) of them.
        assert!((12..80).contains(&early), "{early} of 200, where 40 are expected");
    };
    Cache::in_memory().scope(calls).await;
}
