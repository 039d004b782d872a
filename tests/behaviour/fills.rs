//! Hits, misses, and what is stored.

use cached_runtime::{Outcome, observe, redis_cache};
use serde::{Deserialize, Serialize};

use crate::on_every_store;
use crate::world::World;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct User {
    id: u64,
    name: String,
    friends: Vec<Option<i128>>,
}

#[redis_cache(ttl = 60)]
async fn user(id: u64) -> Option<User> {
    (id > 0).then(|| User { id, name: format!("u\"\n{id}"), friends: vec![None, Some(-1)] })
}

#[redis_cache(ttl = 60)]
async fn checked(id: u64) -> Result<u64, String> {
    if id == 0 { Err("zero".to_owned()) } else { Ok(id) }
}

#[redis_cache(ttl = 60, cache_none = false)]
async fn only_some(id: u64) -> Option<u64> {
    (id > 0).then_some(id)
}

#[redis_cache(ttl = 60, cache_if = |n| n % 2 == 0)]
async fn only_even(n: u64) -> u64 {
    n
}

#[redis_cache(ttl = 60, max_size = 10)]
async fn text(length: usize) -> String {
    "x".repeat(length)
}

#[redis_cache(ttl = 60)]
async fn no_json(n: u64) -> std::collections::HashMap<(u64, u64), u64> {
    [((n, n), n)].into()
}

#[redis_cache(ttl = 60)]
async fn float(bits: u64) -> Option<f64> {
    Some(f64::from_bits(bits))
}

#[redis_cache(ttl = 60)]
async fn nested(id: u64) -> Option<Option<u64>> {
    Some((id > 0).then_some(id))
}

/// A `Result` that the signature does not show.
#[redis_cache(ttl = 60, skip(make))]
async fn generic<T: Serialize + serde::de::DeserializeOwned>(make: fn(u64) -> T, id: u64) -> T {
    make(id)
}

#[redis_cache(ttl = 60)]
async fn nothing(id: u64) {
    let _ = id;
}

/// Calls twice; the second outcome.
macro_rules! again {
    ($call:expr) => {{
        let (first, outcome) = observe($call).await;
        assert_eq!(outcome, Outcome::Miss);
        let (second, outcome) = observe($call).await;
        assert_eq!(first, second);
        outcome
    }};
}

on_every_store! {
    async fn a_miss_then_hits_with_the_same_value(_world) {
        assert_eq!(again!(user(42)), Outcome::Hit);
        assert_eq!(again!(user(43)), Outcome::Hit);
        assert_eq!(again!(nothing(1)), Outcome::Hit);
    }

    async fn none_is_cached_unless_told_otherwise(_world) {
        assert_eq!(again!(user(0)), Outcome::Hit);
        assert_eq!(again!(only_some(0)), Outcome::Miss);
        assert_eq!(again!(only_some(1)), Outcome::Hit);
    }

    async fn a_hit_is_the_value_of_the_miss_or_there_is_none(_world) {
        for value in [907.303_832_202_868_9, 0.1 + 0.2, f64::MIN_POSITIVE, -0.0] {
            assert_eq!(float(value.to_bits()).await.map(f64::to_bits), Some(value.to_bits()));
            let (back, outcome) = observe(float(value.to_bits())).await;
            assert_eq!((back.map(f64::to_bits), outcome), (Some(value.to_bits()), Outcome::Hit));
        }
        for _ in 0..2 {
            let (value, outcome) = observe(float(f64::NAN.to_bits())).await;
            assert!(value.unwrap().is_nan() && outcome == Outcome::Miss, "JSON would make it `None`");
            assert_eq!(observe(nested(0)).await, (Some(None), Outcome::Miss));
        }
        assert_eq!(again!(nested(1)), Outcome::Hit);
    }

    async fn errors_are_not_cached_behind_a_type_parameter_either(_world) {
        fn fails(_id: u64) -> Result<u64, String> {
            Err("the database is down".to_owned())
        }
        for _ in 0..2 {
            let (value, outcome) = observe(generic(fails, 1)).await;
            assert_eq!((value.is_err(), outcome), (true, Outcome::Bypass));
        }
        assert_eq!(again!(generic(|id| id, 1)), Outcome::Hit);
    }

    async fn errors_are_not_cached(_world) {
        assert_eq!(again!(checked(0)), Outcome::Miss);
        assert_eq!(again!(checked(1)), Outcome::Hit);
    }

    async fn results_that_the_predicate_refuses_are_not_cached(_world) {
        assert_eq!(again!(only_even(1)), Outcome::Miss);
        assert_eq!(again!(only_even(2)), Outcome::Hit);
    }

    async fn results_that_are_too_large_are_returned_counted_and_not_stored(world) {
        assert_eq!(again!(text(8)), Outcome::Hit, "10 bytes with its quotes");
        assert_eq!(again!(text(9)), Outcome::Miss);
        assert_eq!(world.cache.stats().total.too_large, 2);
    }

    async fn results_without_an_encoding_are_returned_and_counted(world) {
        assert_eq!(again!(no_json(1)), Outcome::Miss);
        assert_eq!(world.cache.stats().total.errors, 2);
    }

    async fn a_body_that_panics_leaves_nothing_behind(_world) {
        #[redis_cache(ttl = 60)]
        async fn fragile(id: u64) -> u64 {
            assert_ne!(id, 7, "this one breaks");
            id
        }
        let cache = cached_runtime::Cache::current();
        let broken = tokio::spawn(async move { cache.scope(fragile(7)).await }).await;
        assert!(broken.unwrap_err().is_panic());
        assert_eq!(fragile::entry(7).get().await.unwrap(), None);
    }

    async fn a_call_that_is_cancelled_leaves_nothing_behind(_world) {
        static GATE: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(0);
        #[redis_cache(ttl = 60)]
        async fn gated(id: u64) -> u64 {
            GATE.acquire().await.unwrap().forget();
            id
        }
        let mut call = Box::pin(gated(1));
        tokio::select! {
            biased;
            _ = &mut call => unreachable!("nobody has opened the gate"),
            () = async { while GATE.available_permits() > 0 { tokio::task::yield_now().await } } => {}
        }
        drop(call);
        assert_eq!(gated::entry(1).get().await.unwrap(), None);
        GATE.add_permits(2);
        assert_eq!(observe(gated(1)).await, (1, Outcome::Miss));
        assert_eq!(observe(gated(1)).await, (1, Outcome::Hit));
    }
}

#[tokio::test]
async fn caches_are_apart() {
    let one = World::in_memory("one");
    let other = World::in_memory("other");
    one.cache.scope(user(1)).await;
    assert_eq!(other.cache.scope(observe(user(1))).await.1, Outcome::Miss);
    assert_eq!(one.cache.scope(observe(user(1))).await.1, Outcome::Hit);
}

#[tokio::test]
async fn a_disabled_cache_runs_the_body_every_time() {
    let cache = cached_runtime::Cache::disabled();
    cache
        .scope(async {
            for _ in 0..2 {
                assert_eq!(observe(checked(1)).await, (Ok(1), Outcome::Bypass));
            }
            let entry = checked::entry(1);
            entry.put(&1).await.unwrap();
            assert_eq!((entry.get().await.unwrap(), entry.ttl().await.unwrap()), (None, None));
            entry.invalidate().await.unwrap();
        })
        .await;
    assert_eq!((cache.clear().await.unwrap(), cache.stats().total.bypasses), (0, 2));
    cache.ping().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_body_that_takes_longer_than_its_lease_is_told_of_once() {
    #[redis_cache(ttl = 60, lease = "1s")]
    async fn long(id: u64) -> u64 {
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        id
    }

    let (events, _recording) = support::Events::record();
    cached_runtime::Cache::in_memory()
        .scope(async {
            for _ in 0..3 {
                assert_eq!(observe(long(1)).await, (1, Outcome::Miss));
            }
        })
        .await;
    let lines = events.lines();
    assert_eq!(lines.iter().filter(|line| line.contains("raise `lease`")).count(), 1, "{lines:?}");
}
