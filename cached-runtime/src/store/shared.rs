//! A store behind an [`Arc`], so that two caches, or a cache and its program, have one store.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

#[cfg(feature = "redis")]
use super::RedisStore;
use super::{Store, StoreFuture};

impl<S: Store + ?Sized> Store for Arc<S> {
    fn get<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
        (**self).get(slot)
    }

    fn get_with_ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<(Bytes, Duration)>> {
        (**self).get_with_ttl(slot)
    }

    fn get_and_renew<'a>(&'a self, slot: &'a str, ttl: Duration) -> StoreFuture<'a, Option<Bytes>> {
        (**self).get_and_renew(slot, ttl)
    }

    fn set<'a>(&'a self, slot: &'a str, value: Bytes, ttl: Duration) -> StoreFuture<'a, ()> {
        (**self).set(slot, value, ttl)
    }

    fn set_if_absent<'a>(
        &'a self,
        slot: &'a str,
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        (**self).set_if_absent(slot, value, ttl)
    }

    fn set_if_starts<'a>(
        &'a self,
        slot: &'a str,
        start: &'a [u8],
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, bool> {
        (**self).set_if_starts(slot, start, value, ttl)
    }

    fn delete<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, bool> {
        (**self).delete(slot)
    }

    fn delete_if_starts<'a>(&'a self, slot: &'a str, start: &'a [u8]) -> StoreFuture<'a, bool> {
        (**self).delete_if_starts(slot, start)
    }

    fn ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
        (**self).ttl(slot)
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a str) -> StoreFuture<'a, u64> {
        (**self).delete_prefix(prefix)
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        (**self).ping()
    }

    fn describe(&self) -> String {
        (**self).describe()
    }

    fn is_away(&self) -> bool {
        (**self).is_away()
    }

    #[cfg(feature = "redis")]
    fn redis(&self) -> Option<&RedisStore> {
        (**self).redis()
    }
}
