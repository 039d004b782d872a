//! The values of very many entries stay within the budget of memory and of entries.

use std::sync::Arc;

use cached_runtime::{CacheBuilder, Outcome, observe, redis_cache};
use serde::{Deserialize, Serialize};

use crate::everywhere::Everywhere;
use crate::values::{Big, User, text, user};
use crate::{ALONE, Held};

const MIB: usize = 1024 * 1024;

/// About 200 bytes.
#[derive(Serialize, Deserialize)]
struct Person {
    id: u64,
    name: String,
    email: String,
    age: Option<u32>,
}

#[redis_cache(ttl = "1h", local = "1h")]
async fn person(id: u64) -> Arc<Person> {
    unreachable!("the store has {id}")
}

#[redis_cache(ttl = "1h", local = "1h")]
async fn number(id: u64) -> u64 {
    unreachable!("the store has {id}")
}

#[redis_cache(ttl = "1h", local = "1h")]
async fn record(id: u64) -> Vec<User> {
    unreachable!("the store has {id}")
}

#[redis_cache(ttl = "1h", local = "1h")]
async fn big(id: u64) -> Vec<Big> {
    unreachable!("the store has {id}")
}

/// The most memory that the process takes more, while `entries` calls go through a cache.
async fn most<T>(builder: CacheBuilder, entries: u64, call: impl AsyncFn(u64) -> T) -> usize {
    let before = Held::now().bytes;
    let cache = builder.build().unwrap();
    let mut most = 0;
    let calls = async {
        for id in 0..entries {
            call(id).await;
            if id % 64 == 0 {
                most = most.max(Held::now().bytes.saturating_sub(before));
            }
        }
        // They do not stay within it by not being kept.
        let (_, outcome) = observe(call(entries - 1)).await;
        assert_eq!(outcome, Outcome::LocalHit);
    };
    cache.scope(calls).await;
    println!("{entries} entries: {most} bytes");
    most
}

#[tokio::test]
async fn a_million_entries_stay_within_the_budget() {
    let _alone = ALONE.lock().await;
    let value = Person { id: 1, name: text(30), email: text(60), age: Some(7) };
    let builder = Everywhere::cache(&value).local_bytes(64 * MIB);
    let most = most(builder, 1_000_000, person).await;
    assert!((50_000_000..80_000_000).contains(&most), "{most} bytes");
}

#[tokio::test]
async fn values_of_all_sizes_stay_within_the_budget() {
    let _alone = ALONE.lock().await;
    let within = |most| assert!((5 * MIB..10 * MIB).contains(&most), "{most} bytes for 8 MiB");
    let cache = |builder: CacheBuilder| builder.local_bytes(8 * MIB);
    within(most(cache(Everywhere::cache(&1)), 60_000, number).await);
    within(most(cache(Everywhere::cache(&vec![user(6); 4])), 10_000, record).await);
    within(most(cache(Everywhere::cache(&vec![Big { a: [0; 32] }; 10])), 5_000, big).await);
}

#[tokio::test]
async fn few_entries_may_be_asked_for() {
    let _alone = ALONE.lock().await;
    let cache = Everywhere::cache(&vec![user(6); 4]).local_entries(1000);
    let most = most(cache, 5_000, record).await;
    assert!(most < 4 * MIB, "{most} bytes for 1000 records of about 2 KB");
}
