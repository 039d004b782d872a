//! Generated code brings no lint of its own, whatever the author has turned on.
#![deny(
    missing_docs,
    warnings,
    unused_qualifications,
    unreachable_pub,
    single_use_lifetimes,
    let_underscore_drop,
    clippy::all,
    clippy::pedantic
)]

use std::time::Duration;

use cached_runtime::{Cache, cache_invalidate, cache_put, redis_cache};
use serde::{Deserialize, Serialize};

use crate::check::{hit, with_cache};

/// A value.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    id: u64,
}

/// A free function with every kind of option.
#[redis_cache(ttl = "5m", prefix = "quiet", skip(db), none_ttl = 5, ttl_jitter = 0.1)]
async fn find(db: &str, id: u64) -> Result<Option<Record>, String> {
    tokio::task::yield_now().await;
    Ok((!db.is_empty()).then_some(Record { id }))
}

/// Taken by value, and not changed.
#[redis_cache(ttl = 60)]
async fn owned(text: String, items: Vec<u64>) -> String {
    tokio::task::yield_now().await;
    text + &items.len().to_string()
}

/// Without a value.
#[redis_cache(ttl = 60)]
async fn nothing() {
    tokio::task::yield_now().await;
}

/// Of a type and a number.
#[redis_cache(ttl = |length| Duration::from_secs(*length as u64 + 1), key = "{name}")]
async fn generic<T: Default, const N: usize>(name: &str) -> usize {
    tokio::task::yield_now().await;
    drop(T::default());
    name.len() + N
}

/// May be refilled in the background.
#[redis_cache(
    ttl = 60,
    stale_while_revalidate = _window,
    stale_if_error = "1h",
    early_refresh = 1,
    lease = 5,
    wait = _window,
    skip(_window, _db),
)]
async fn refilled(id: u64, _window: Duration, _db: Cache) -> Result<u64, String> {
    tokio::task::yield_now().await;
    Ok(id)
}

/// Kept in the process.
#[redis_cache(ttl = 60, local(ttl = _span, max_size = 4_096, untracked = _span / 2), skip(_span))]
async fn kept(id: u64, _span: Duration) -> Result<std::sync::Arc<Record>, String> {
    tokio::task::yield_now().await;
    Ok(std::sync::Arc::new(Record { id }))
}

/// Tagged by everything there is.
#[redis_cache(ttl = 60, skip(_trace), tags = ["all", "{id}", "{_trace}", "{result}", "{result.len()}"])]
async fn tagged(id: u64, _trace: u8) -> String {
    tokio::task::yield_now().await;
    id.to_string()
}

/// Writes what is unchanged, and uses none of its arguments.
#[cache_invalidate(tagged(_id, 0), find(_id), tags = ["{_id}", "{result}"], lease = _lease)]
#[cache_put(owned(text, Vec::new()), value = result.to_string(), cache = _cache, tags = ["{_id}"])]
async fn write(_id: u64, text: String, _lease: Duration, _cache: Cache) -> u64 {
    tokio::task::yield_now().await;
    1
}

/// Writes without a value.
#[cache_invalidate(tagged(1, 1), tags = ["nothing"])]
async fn write_nothing() {
    tokio::task::yield_now().await;
}

/// Knows what it writes only after it.
#[cache_invalidate(tagged(*result, 1))]
#[must_use]
async fn write_late() -> u64 {
    tokio::task::yield_now().await;
    1
}

/// Never used at all, like its entries.
#[cache_invalidate(find(id))]
#[expect(dead_code, reason = "nobody calls it")]
async fn unused_write(id: u64) {
    let _ = id;
    tokio::task::yield_now().await;
}

/// Never used at all.
#[redis_cache(ttl = 60)]
#[expect(dead_code, reason = "nobody calls it")]
async fn unused(id: u64) -> u64 {
    tokio::task::yield_now().await;
    id
}

/// Has methods.
struct Repo {
    cache: Cache,
    tenant: u64,
}

impl Repo {
    /// A method.
    #[redis_cache(ttl = 60, skip(self), cache = self.cache)]
    async fn get(&self, id: u64) -> u64 {
        tokio::task::yield_now().await;
        self.tenant + id
    }

    /// A method with a companion.
    #[redis_cache(ttl = 60, key(self.tenant, id), sliding, cache_if = |value| *value > 0)]
    pub(crate) async fn get_more(&self, id: u64, _why: &str) -> u64 {
        tokio::task::yield_now().await;
        self.tenant + id
    }

    /// A method that writes.
    #[cache_put(self.get_more(_id), value = self.tenant + *result)]
    #[cache_invalidate(self.get_more(*result + 1), tags = ["{self.tenant}"], cache = self.cache)]
    async fn write(&self, _id: u64) -> Result<u64, String> {
        tokio::task::yield_now().await;
        Ok(1)
    }
}

#[tokio::test]
async fn generated_code() {
    with_cache(async {
        let repo = Repo { cache: Cache::in_memory(), tenant: 1 };
        for _ in 0..2 {
            assert!(find("db", 1).await.is_ok());
            owned("a".to_owned(), vec![1]).await;
            nothing().await;
            generic::<u8, 3>("a").await;
            refilled(1, Duration::from_secs(1), Cache::disabled()).await.unwrap();
            kept(1, Duration::from_secs(1)).await.unwrap();
            tagged(1, 2).await;
            write(9, String::new(), Duration::from_secs(1), Cache::disabled()).await;
            write_nothing().await;
            assert_eq!(write_late().await, 1);
            assert!(repo.write(1).await.is_ok());
            repo.get(1).await;
            repo.get_more(1, "").await;
        }
        hit(find("db", 1)).await.unwrap();
        assert!(repo.get_more_entry(1).get().await.unwrap().is_some());
    })
    .await;
}
