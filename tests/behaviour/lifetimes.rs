//! For how long values count.

use std::time::Duration;

use cached_runtime::{Entry, Outcome, observe, redis_cache};

use crate::on_every_store;
use crate::world::gone;

const MINUTE: Duration = Duration::from_secs(60);

#[redis_cache(ttl = "40ms")]
async fn short(id: u64) -> u64 {
    id
}

#[redis_cache(ttl = |n| Duration::from_secs(*n))]
async fn by_value(seconds: u64) -> u64 {
    seconds
}

#[redis_cache(ttl = ttl, skip(ttl))]
async fn by_argument(id: u64, ttl: Duration) -> u64 {
    id
}

#[redis_cache(ttl = "1h", none_ttl = "1m")]
async fn maybe(id: u64) -> Option<u64> {
    (id > 0).then_some(id)
}

#[redis_cache(ttl = "1h", ttl_jitter = 0.5)]
async fn spread(id: u64) -> u64 {
    id
}

#[redis_cache(ttl = "1h", sliding)]
async fn sliding(id: u64) -> u64 {
    id
}

async fn ttl<T>(entry: Entry<T>) -> Duration {
    entry.ttl().await.unwrap().expect("a value in the slot")
}

fn about(ttl: Duration, expected: Duration) -> bool {
    ttl <= expected && ttl + Duration::from_secs(30) > expected
}

on_every_store! {
    async fn a_value_ends(_world) {
        assert_eq!(observe(short(1)).await.1, Outcome::Miss);
        gone(&short::entry(1)).await;
        assert_eq!(observe(short(1)).await.1, Outcome::Miss);
    }

    async fn ttl_by_value_by_argument_and_for_none(_world) {
        by_value(7200).await;
        assert!(about(ttl(by_value::entry(7200)).await, MINUTE * 120));
        assert_eq!(observe(by_value(0)).await.1, Outcome::Miss);
        assert_eq!(observe(by_value(0)).await.1, Outcome::Miss, "nothing is fresh for no time");
        by_argument(1, MINUTE * 3).await;
        assert!(about(ttl(by_argument::entry(1, MINUTE)).await, MINUTE * 3));
        by_argument(2, Duration::MAX).await;
        assert_eq!(observe(by_argument(2, Duration::MAX)).await.1, Outcome::Hit);
        maybe(0).await;
        maybe(1).await;
        assert!(about(ttl(maybe::entry(0)).await, MINUTE));
        assert!(about(ttl(maybe::entry(1)).await, MINUTE * 60));
    }

    async fn jitter_spreads_the_ends(_world) {
        let mut ends = Vec::new();
        for id in 0..50 {
            spread(id).await;
            ends.push(ttl(spread::entry(id)).await);
        }
        let (first, last) = (*ends.iter().min().unwrap(), *ends.iter().max().unwrap());
        assert!(first >= MINUTE * 29 && last <= MINUTE * 60, "{first:?} to {last:?}");
        assert!(last > first + MINUTE * 10, "50 draws from half an hour: {first:?} to {last:?}");
    }

    async fn a_sliding_entry_lives_on_with_each_hit_and_others_do_not(world) {
        // There is no way to shorten a slot in memory; its own tests have the clock.
        let shorten = async |entry: &str| {
            if let Some(server) = &world.server {
                server.command(&["PEXPIRE", entry, "60000"]).await;
            }
        };
        sliding(1).await;
        short(1).await;
        let entry = sliding::entry(1);
        shorten(entry.key()).await;
        assert_eq!(observe(sliding(1)).await, (1, Outcome::Hit));
        assert!(about(ttl(sliding::entry(1)).await, MINUTE * 60));
        shorten(entry.key()).await;
        entry.get().await.unwrap();
        if world.server.is_some() {
            assert!(about(ttl(sliding::entry(1)).await, MINUTE), "`get` renews nothing");
        }
        assert_eq!(observe(sliding(2)).await, (2, Outcome::Miss), "an empty slot stays empty");
    }
}

#[tokio::test(start_paused = true)]
async fn sliding_in_memory_by_the_clock() {
    cached_runtime::Cache::in_memory()
        .scope(async {
            sliding(1).await;
            for _ in 0..5 {
                tokio::time::advance(MINUTE * 40).await;
                assert_eq!(observe(sliding(1)).await.1, Outcome::Hit);
            }
            tokio::time::advance(MINUTE * 60).await;
            assert_eq!(observe(sliding(1)).await.1, Outcome::Miss);
        })
        .await;
}
