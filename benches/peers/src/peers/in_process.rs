//! Values in the process: `cached`, `moka`, and a bare `quick_cache`.

use std::sync::{Arc, LazyLock};

use benches::Record;
use cached::macros::{cached, concurrent_cached};
use moka::future::Cache as Moka;

use super::{CAPACITY, TTL};
use crate::body::{Who, body};

async fn record(id: u64) -> Record {
    body(Who::InProcess, id).await
}

async fn arc(id: u64) -> Arc<Record> {
    Arc::new(record(id).await)
}

/// `#[cached]`, without a bound or an end.
#[cached]
pub(crate) async fn cached_arc(id: u64) -> Arc<Record> {
    arc(id).await
}

/// As above, with the one read lock that it has for stores whose hits change nothing.
#[cached(unsync_reads = true)]
pub(crate) async fn cached_read_arc(id: u64) -> Arc<Record> {
    arc(id).await
}

/// With a bound and an end, as moka and ours have.
#[cached(max_size = 10_000, ttl_secs = 3_600)]
pub(crate) async fn cached_bounded_arc(id: u64) -> Arc<Record> {
    arc(id).await
}

#[cached(max_size = 10_000, ttl_secs = 3_600)]
pub(crate) async fn cached_bounded(id: u64) -> Record {
    record(id).await
}

/// The same on shards, each with a lock: its fastest with a bound and an end.
#[concurrent_cached(max_size = 10_000, ttl_secs = 3_600)]
pub(crate) async fn sharded_arc(id: u64) -> Arc<Record> {
    arc(id).await
}

#[concurrent_cached(max_size = 10_000, ttl_secs = 3_600)]
pub(crate) async fn sharded(id: u64) -> Record {
    record(id).await
}

/// Concurrent first calls for one key run the body once.
#[cached(max_size = 10_000, ttl_secs = 3_600, sync_writes = "by_key")]
pub(crate) async fn cached_by_key(id: u64) -> Record {
    record(id).await
}

fn moka<V: Clone + Send + Sync + 'static>() -> Moka<u64, V> {
    Moka::builder().max_capacity(CAPACITY as u64).time_to_live(TTL).build()
}

pub(crate) async fn moka_arc(id: u64) -> Arc<Record> {
    static CACHE: LazyLock<Moka<u64, Arc<Record>>> = LazyLock::new(moka);
    CACHE.get_with(id, arc(id)).await
}

pub(crate) async fn moka_record(id: u64) -> Record {
    static CACHE: LazyLock<Moka<u64, Record>> = LazyLock::new(moka);
    CACHE.get_with(id, record(id)).await
}

/// A bare `quick_cache`: no end, no flights, nothing around it.
pub(crate) struct Bare<V>(quick_cache::sync::Cache<u64, V>);

impl<V: Clone> Bare<V> {
    pub(crate) fn new(value: impl Fn(Record) -> V, ids: std::ops::Range<u64>) -> Self {
        let cache = quick_cache::sync::Cache::new(CAPACITY);
        ids.for_each(|id| cache.insert(id, value(Record::new(id))));
        Self(cache)
    }

    pub(crate) fn get(&self, id: u64) -> V {
        self.0.get(&id).expect("an entry")
    }
}
