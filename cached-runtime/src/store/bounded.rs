//! Holds a user's own store to `op_timeout`, as one that hangs must not hang the calls.

use std::time::Duration;

use bytes::Bytes;

#[cfg(feature = "redis")]
use super::RedisStore;
use super::{
    Minted, OnReturn, Store, StoreFuture, Subscription, TagRead, Tagged, Tracked, Tracker,
    has_clock,
};
use crate::Error;

/// A store of the user's own, with each step bounded. Without a Tokio runtime with
/// timers there is no bound.
pub(crate) struct Bounded<S> {
    store: S,
    limit: Duration,
}

impl<S> Bounded<S> {
    pub(crate) fn new(store: S, limit: Duration) -> Self {
        Self { store, limit }
    }

    fn bound<'a, T: 'a>(
        &self,
        step: &'static str,
        future: StoreFuture<'a, T>,
    ) -> StoreFuture<'a, T> {
        if !has_clock() {
            return future;
        }
        let limit = self.limit;
        Box::pin(async move {
            tokio::time::timeout(limit, future)
                .await
                .unwrap_or_else(|_| Err(Error::timeout("the store", step, limit)))
        })
    }
}

impl<S: Store> Store for Bounded<S> {
    fn get<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
        self.bound("get", self.store.get(slot))
    }

    fn get_with_ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<(Bytes, Duration)>> {
        self.bound("get_with_ttl", self.store.get_with_ttl(slot))
    }

    fn get_and_renew<'a>(&'a self, slot: &'a str, ttl: Duration) -> StoreFuture<'a, Option<Bytes>> {
        self.bound("get_and_renew", self.store.get_and_renew(slot, ttl))
    }

    fn set<'a>(&'a self, slot: &'a str, value: Bytes, ttl: Duration) -> StoreFuture<'a, ()> {
        self.bound("set", self.store.set(slot, value, ttl))
    }

    fn set_if_absent<'a>(
        &'a self,
        slot: &'a str,
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        self.bound("set_if_absent", self.store.set_if_absent(slot, value, ttl))
    }

    fn set_if_starts<'a>(
        &'a self,
        slot: &'a str,
        start: &'a [u8],
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, bool> {
        self.bound("set_if_starts", self.store.set_if_starts(slot, start, value, ttl))
    }

    fn delete<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, bool> {
        self.bound("delete", self.store.delete(slot))
    }

    fn delete_if_starts<'a>(&'a self, slot: &'a str, start: &'a [u8]) -> StoreFuture<'a, bool> {
        self.bound("delete_if_starts", self.store.delete_if_starts(slot, start))
    }

    fn ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
        self.bound("ttl", self.store.ttl(slot))
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a str) -> StoreFuture<'a, u64> {
        self.store.delete_prefix(prefix)
    }

    fn get_tagged<'a>(&'a self, slot: &'a str, read: &'a TagRead) -> StoreFuture<'a, Tagged> {
        self.bound("get_tagged", self.store.get_tagged(slot, read))
    }

    fn track(&self, tracker: Tracker) {
        self.store.track(tracker);
    }

    fn get_tracked<'a>(&'a self, slot: &'a str, read: &'a TagRead) -> StoreFuture<'a, Tracked> {
        self.bound("get_tracked", self.store.get_tracked(slot, read))
    }

    fn mint<'a>(
        &'a self,
        clock: &'a str,
        tags: &'a [String],
        ttl: Duration,
    ) -> StoreFuture<'a, Minted> {
        self.bound("mint", self.store.mint(clock, tags, ttl))
    }

    fn invalidate_tags<'a>(&'a self, clock: &'a str, tags: &'a [String]) -> StoreFuture<'a, ()> {
        self.bound("invalidate_tags", self.store.invalidate_tags(clock, tags))
    }

    fn begin_write<'a>(
        &'a self,
        slot: &'a str,
        token: [u8; 16],
        ttl: Duration,
    ) -> StoreFuture<'a, ()> {
        self.bound("begin_write", self.store.begin_write(slot, token, ttl))
    }

    fn end_write<'a>(
        &'a self,
        slot: &'a str,
        token: [u8; 16],
        value: Option<(Bytes, Duration)>,
    ) -> StoreFuture<'a, bool> {
        self.bound("end_write", self.store.end_write(slot, token, value))
    }

    fn lock<'a>(
        &'a self,
        slot: &'a str,
        fence: &'a str,
        token: &'a [u8],
        ttl: Duration,
    ) -> StoreFuture<'a, Option<u64>> {
        self.bound("lock", self.store.lock(slot, fence, token, ttl))
    }

    fn publish<'a>(&'a self, channel: &'a str, message: Bytes) -> StoreFuture<'a, ()> {
        self.bound("publish", self.store.publish(channel, message))
    }

    fn subscribe<'a>(&'a self, channel: &'a str) -> StoreFuture<'a, Subscription> {
        self.store.subscribe(channel)
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        self.bound("ping", self.store.ping())
    }

    fn describe(&self) -> String {
        self.store.describe()
    }

    fn on_return(&self, replay: OnReturn) {
        self.store.on_return(replay);
    }

    fn is_away(&self) -> bool {
        self.store.is_away()
    }

    #[cfg(feature = "redis")]
    fn redis(&self) -> Option<&RedisStore> {
        self.store.redis()
    }
}
