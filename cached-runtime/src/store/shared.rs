//! A store behind an [`Arc`], so that two caches, or a cache and its program, have one store.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

#[cfg(feature = "redis")]
use super::RedisStore;
use super::{
    Minted, OnReturn, Store, StoreFuture, Subscription, TagRead, Tagged, Tracked, Tracker,
};

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

    fn get_tagged<'a>(&'a self, slot: &'a str, read: &'a TagRead) -> StoreFuture<'a, Tagged> {
        (**self).get_tagged(slot, read)
    }

    fn track(&self, tracker: Tracker) {
        (**self).track(tracker);
    }

    fn get_tracked<'a>(&'a self, slot: &'a str, read: &'a TagRead) -> StoreFuture<'a, Tracked> {
        (**self).get_tracked(slot, read)
    }

    fn mint<'a>(
        &'a self,
        clock: &'a str,
        tags: &'a [String],
        ttl: Duration,
    ) -> StoreFuture<'a, Minted> {
        (**self).mint(clock, tags, ttl)
    }

    fn invalidate_tags<'a>(&'a self, clock: &'a str, tags: &'a [String]) -> StoreFuture<'a, ()> {
        (**self).invalidate_tags(clock, tags)
    }

    fn begin_write<'a>(
        &'a self,
        slot: &'a str,
        token: [u8; 16],
        ttl: Duration,
    ) -> StoreFuture<'a, ()> {
        (**self).begin_write(slot, token, ttl)
    }

    fn end_write<'a>(
        &'a self,
        slot: &'a str,
        token: [u8; 16],
        value: Option<(Bytes, Duration)>,
    ) -> StoreFuture<'a, bool> {
        (**self).end_write(slot, token, value)
    }

    fn lock<'a>(
        &'a self,
        slot: &'a str,
        fence: &'a str,
        token: &'a [u8],
        ttl: Duration,
    ) -> StoreFuture<'a, Option<u64>> {
        (**self).lock(slot, fence, token, ttl)
    }

    fn publish<'a>(&'a self, channel: &'a str, message: Bytes) -> StoreFuture<'a, ()> {
        (**self).publish(channel, message)
    }

    fn subscribe<'a>(&'a self, channel: &'a str) -> StoreFuture<'a, Subscription> {
        (**self).subscribe(channel)
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        (**self).ping()
    }

    fn describe(&self) -> String {
        (**self).describe()
    }

    fn on_return(&self, replay: OnReturn) {
        (**self).on_return(replay);
    }

    fn is_away(&self) -> bool {
        (**self).is_away()
    }

    #[cfg(feature = "redis")]
    fn redis(&self) -> Option<&RedisStore> {
        (**self).redis()
    }
}
