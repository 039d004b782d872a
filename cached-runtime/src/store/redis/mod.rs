//! Slots in a Redis or Valkey server.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use super::{
    Minted, OnReturn, Store, StoreFuture, Subscription, TagRead, Tagged, Tracked, Tracker,
};
use crate::Error;

mod backoff;
mod breaker;
mod connect;
mod failure;
mod glob;
mod link;
pub(crate) mod queue;
mod request;
mod script;
mod settings;
mod steps;
mod subscription;
#[cfg(feature = "tls")]
mod tls;
mod tracking;
mod version;

use link::Link;
use settings::Settings;
use tracking::Tracking;

/// A store in one Redis (7.0 or later) or Valkey (7.2 or later) server, over one connection that all calls share.
///
/// For functions with `local` there is a second connection, in RESP3, on which the server tells what has changed
/// (`CLIENT TRACKING`): made at their first call, ended with the last cache that needs it. Without the right to that
/// (`+client|tracking`), or while it is broken, no values are kept in the process.
///
/// It connects at its first use and never fails for good: every command takes at most `op_timeout`; after five
/// failures in a row it answers at once with an error, while one background task tries to reach the server again.
///
/// [`CacheBuilder::redis`](crate::CacheBuilder::redis) makes one, which is all that most programs need;
/// [`open`](RedisStore::open) makes one for a store of your own to wrap, or for several caches to share.
pub struct RedisStore {
    link: Link,
    tracking: Tracking,
}

impl RedisStore {
    /// A store in the server at `url`, in the forms of [`CacheBuilder::redis`](crate::CacheBuilder::redis), each of
    /// whose commands may take `op_timeout`. It does not connect before its first use.
    ///
    /// A cache that is given this store, or one around it, bounds each step by its own `op_timeout` as well: give
    /// both the same. After an outage the store reads the slot that failed last, or else `cached:probe`, to see
    /// whether the server serves it: a user whose rights end at some keys needs that one too.
    ///
    /// # Errors
    ///
    /// The URL can't be read, or `op_timeout` is zero; the error names the setting, and never quotes the URL.
    ///
    /// # Examples
    ///
    /// Two caches over one connection:
    ///
    /// ```no_run
    /// use std::sync::Arc;
    /// use std::time::Duration;
    /// use cached_runtime::{Cache, RedisStore};
    ///
    /// let store = Arc::new(RedisStore::open("redis://127.0.0.1/", Duration::from_millis(100))?);
    /// let users = Cache::builder().store(Arc::clone(&store)).namespace("users").build()?;
    /// let orders = Cache::builder().store(store).namespace("orders").build()?;
    /// # Ok::<(), cached_runtime::Error>(())
    /// ```
    pub fn open(url: impl Into<String>, op_timeout: Duration) -> Result<Self, Error> {
        Self::open_with_probe(&url.into(), op_timeout, "cached:probe".to_owned())
    }

    /// As [`open`](Self::open); `probe` is the slot to read after an outage in which none is known to have failed.
    pub(crate) fn open_with_probe(
        url: &str,
        op_timeout: Duration,
        probe: String,
    ) -> Result<Self, Error> {
        let settings = Settings::new(url, op_timeout, probe)?;
        let tracking = Tracking::new(settings.clone());
        Ok(Self { link: Link::new(settings)?, tracking })
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("link", &self.link).finish_non_exhaustive()
    }
}

impl Store for RedisStore {
    fn get<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
        Box::pin(self.read(slot))
    }

    fn get_with_ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<(Bytes, Duration)>> {
        Box::pin(self.read_with_ttl(slot))
    }

    fn get_and_renew<'a>(&'a self, slot: &'a str, ttl: Duration) -> StoreFuture<'a, Option<Bytes>> {
        Box::pin(self.renew(slot, ttl))
    }

    fn set<'a>(&'a self, slot: &'a str, value: Bytes, ttl: Duration) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.write(slot, &value, ttl).await })
    }

    fn set_if_absent<'a>(
        &'a self,
        slot: &'a str,
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        Box::pin(async move { self.write_if_absent(slot, &value, ttl).await })
    }

    fn set_if_starts<'a>(
        &'a self,
        slot: &'a str,
        start: &'a [u8],
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move { self.write_if_starts(slot, start, &value, ttl).await })
    }

    fn delete<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(async move { Ok(self.unlink(&[slot]).await? > 0) })
    }

    fn delete_if_starts<'a>(&'a self, slot: &'a str, start: &'a [u8]) -> StoreFuture<'a, bool> {
        Box::pin(self.unlink_if_starts(slot, start))
    }

    fn ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
        Box::pin(self.left(slot))
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a str) -> StoreFuture<'a, u64> {
        Box::pin(self.scan_and_unlink(prefix))
    }

    fn get_tagged<'a>(&'a self, slot: &'a str, read: &'a TagRead) -> StoreFuture<'a, Tagged> {
        Box::pin(self.read_tagged(slot, read))
    }

    fn track(&self, tracker: Tracker) {
        self.tracking.add(tracker);
    }

    fn get_tracked<'a>(&'a self, slot: &'a str, read: &'a TagRead) -> StoreFuture<'a, Tracked> {
        Box::pin(self.read_tracked(slot, read))
    }

    fn mint<'a>(
        &'a self,
        clock: &'a str,
        tags: &'a [String],
        ttl: Duration,
    ) -> StoreFuture<'a, Minted> {
        Box::pin(self.find_or_mint(clock, tags, ttl))
    }

    fn invalidate_tags<'a>(&'a self, clock: &'a str, tags: &'a [String]) -> StoreFuture<'a, ()> {
        Box::pin(self.give_new_epochs(clock, tags))
    }

    fn begin_write<'a>(
        &'a self,
        slot: &'a str,
        token: [u8; 16],
        ttl: Duration,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.add_writer(slot, &token, ttl).await })
    }

    fn end_write<'a>(
        &'a self,
        slot: &'a str,
        token: [u8; 16],
        value: Option<(Bytes, Duration)>,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move { self.remove_writer(slot, &token, value).await })
    }

    fn lock<'a>(
        &'a self,
        slot: &'a str,
        fence: &'a str,
        token: &'a [u8],
        ttl: Duration,
    ) -> StoreFuture<'a, Option<u64>> {
        Box::pin(self.take_lock(slot, fence, token, ttl))
    }

    fn publish<'a>(&'a self, channel: &'a str, message: Bytes) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.tell(channel, &message).await })
    }

    fn subscribe<'a>(&'a self, channel: &'a str) -> StoreFuture<'a, Subscription> {
        Box::pin(self.hear(channel))
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        Box::pin(self.ask())
    }

    fn describe(&self) -> String {
        self.link.server().to_owned()
    }

    fn on_return(&self, replay: OnReturn) {
        self.link.on_return(replay);
    }

    fn is_away(&self) -> bool {
        self.link.is_open()
    }

    fn redis(&self) -> Option<&RedisStore> {
        Some(self)
    }
}
