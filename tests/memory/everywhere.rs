//! A store that has a value in every slot, holds none of them, and tells of changes: so what grows is the tier.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cached_runtime::{
    Bytes, Cache, CacheBuilder, Store, StoreFuture, TagRead, Tagged, Tracked, Tracker,
};
use serde::Serialize;

pub(crate) struct Everywhere {
    value: Bytes,
    reads: AtomicU64,
}

impl Everywhere {
    pub(crate) fn cache(value: &impl Serialize) -> CacheBuilder {
        let value = serde_json::to_vec(value).unwrap().into();
        Cache::builder().store(Self { value, reads: AtomicU64::new(0) })
    }
}

const HOUR: Duration = Duration::from_secs(3600);

fn ready<'a, T: Send + 'a>(answer: T) -> StoreFuture<'a, T> {
    Box::pin(async { Ok(answer) })
}

impl Store for Everywhere {
    fn get<'a>(&'a self, _slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        ready(Some(self.value.clone()))
    }

    fn get_with_ttl<'a>(&'a self, _slot: &'a str) -> StoreFuture<'a, Option<(Bytes, Duration)>> {
        ready(Some((self.value.clone(), HOUR)))
    }

    fn get_and_renew<'a>(
        &'a self,
        slot: &'a str,
        _ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        self.get(slot)
    }

    fn set<'a>(&'a self, _slot: &'a str, _value: Bytes, _ttl: Duration) -> StoreFuture<'a, ()> {
        ready(())
    }

    fn set_if_absent<'a>(
        &'a self,
        slot: &'a str,
        _value: Bytes,
        _ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        self.get(slot)
    }

    fn set_if_starts<'a>(
        &'a self,
        _slot: &'a str,
        _start: &'a [u8],
        _value: Bytes,
        _ttl: Duration,
    ) -> StoreFuture<'a, bool> {
        ready(true)
    }

    fn delete<'a>(&'a self, _slot: &'a str) -> StoreFuture<'a, bool> {
        ready(true)
    }

    fn delete_if_starts<'a>(&'a self, _slot: &'a str, _start: &'a [u8]) -> StoreFuture<'a, bool> {
        ready(true)
    }

    fn ttl<'a>(&'a self, _slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
        ready(Some(HOUR))
    }

    fn delete_prefix<'a>(&'a self, _prefix: &'a str) -> StoreFuture<'a, u64> {
        ready(0)
    }

    fn track(&self, tracker: Tracker) {
        tracker.trust();
    }

    fn get_tracked<'a>(&'a self, _slot: &'a str, read: &'a TagRead) -> StoreFuture<'a, Tracked> {
        let tagged =
            Tagged { found: Some((self.value.clone(), HOUR)), tags: vec![None; read.tags.len()] };
        ready(Tracked { tagged, is_tracked: true })
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        ready(())
    }
}
