//! Tells what is kept in this process of the changes that this process makes, as part of each: so they take effect here
//! before their steps return. Of the changes of others the store tells.
//!
//! A step that failed, or whose caller is gone, may have happened, or happen yet. So it counts as a change as well; that
//! it goes on after that is what others tell, or what is in doubt.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

#[cfg(feature = "redis")]
use super::RedisStore;
use super::tracker::Watch;
use super::{
    Minted, OnReturn, Store, StoreFuture, Subscription, TagRead, Tagged, Tracked, Tracker,
};
use crate::Error;

/// The store of a cache.
pub(crate) struct Watched {
    store: Held,
    watch: Arc<Watch>,
}

/// A store of any kind. Steps of Redis that are worth it are called without an allocation.
pub(crate) enum Held {
    #[cfg(feature = "redis")]
    Redis(RedisStore),
    Other(Box<dyn Store>),
}

impl Deref for Held {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        match self {
            #[cfg(feature = "redis")]
            Self::Redis(store) => store,
            Self::Other(store) => &**store,
        }
    }
}

impl Watched {
    pub(crate) fn new(store: Held, watch: Arc<Watch>) -> Self {
        Self { store, watch }
    }

    /// As [`get`](Store::get): the one step of most hits.
    pub(crate) async fn read(&self, slot: &str) -> Result<Option<Bytes>, Error> {
        match &self.store {
            #[cfg(feature = "redis")]
            Held::Redis(store) => store.read(slot).await,
            Held::Other(store) => store.get(slot).await,
        }
    }

    /// A step that changes these slots.
    fn change<'a, T: 'a>(
        &'a self,
        slots: &'a [String],
        step: StoreFuture<'a, T>,
    ) -> StoreFuture<'a, T> {
        let told = OnDrop(move || slots.iter().for_each(|slot| self.watch.changed(slot)));
        and_then(step, told)
    }

    fn change_one<'a, T: 'a>(
        &'a self,
        slot: &'a str,
        step: StoreFuture<'a, T>,
    ) -> StoreFuture<'a, T> {
        and_then(step, OnDrop(move || self.watch.changed(slot)))
    }
}

/// Drops `told` when the step is over, before its outcome is known to its caller.
fn and_then<'a, T: 'a>(
    step: StoreFuture<'a, T>,
    told: OnDrop<impl FnMut() + Send + 'a>,
) -> StoreFuture<'a, T> {
    Box::pin(async move {
        let _told = told;
        step.await
    })
}

struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

impl Store for Watched {
    fn get<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
        self.store.get(slot)
    }

    fn get_with_ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<(Bytes, Duration)>> {
        self.store.get_with_ttl(slot)
    }

    /// What it renews lives longer, and is the same.
    fn get_and_renew<'a>(&'a self, slot: &'a str, ttl: Duration) -> StoreFuture<'a, Option<Bytes>> {
        self.store.get_and_renew(slot, ttl)
    }

    fn set<'a>(&'a self, slot: &'a str, value: Bytes, ttl: Duration) -> StoreFuture<'a, ()> {
        self.change_one(slot, self.store.set(slot, value, ttl))
    }

    fn set_if_absent<'a>(
        &'a self,
        slot: &'a str,
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        self.change_one(slot, self.store.set_if_absent(slot, value, ttl))
    }

    fn set_if_starts<'a>(
        &'a self,
        slot: &'a str,
        start: &'a [u8],
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, bool> {
        self.change_one(slot, self.store.set_if_starts(slot, start, value, ttl))
    }

    fn delete<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, bool> {
        self.change_one(slot, self.store.delete(slot))
    }

    fn delete_if_starts<'a>(&'a self, slot: &'a str, start: &'a [u8]) -> StoreFuture<'a, bool> {
        self.change_one(slot, self.store.delete_if_starts(slot, start))
    }

    fn ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
        self.store.ttl(slot)
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a str) -> StoreFuture<'a, u64> {
        and_then(self.store.delete_prefix(prefix), OnDrop(|| self.watch.all_changed()))
    }

    fn get_tagged<'a>(&'a self, slot: &'a str, read: &'a TagRead) -> StoreFuture<'a, Tagged> {
        self.store.get_tagged(slot, read)
    }

    fn track(&self, tracker: Tracker) {
        self.store.track(tracker);
    }

    fn get_tracked<'a>(&'a self, slot: &'a str, read: &'a TagRead) -> StoreFuture<'a, Tracked> {
        self.store.get_tracked(slot, read)
    }

    /// Epochs only come where there were none, and with these no kept value counted: it had others.
    fn mint<'a>(
        &'a self,
        clock: &'a str,
        tags: &'a [String],
        ttl: Duration,
    ) -> StoreFuture<'a, Minted> {
        self.store.mint(clock, tags, ttl)
    }

    fn invalidate_tags<'a>(&'a self, clock: &'a str, tags: &'a [String]) -> StoreFuture<'a, ()> {
        self.change(tags, self.store.invalidate_tags(clock, tags))
    }

    fn begin_write<'a>(
        &'a self,
        slot: &'a str,
        token: [u8; 16],
        ttl: Duration,
    ) -> StoreFuture<'a, ()> {
        self.change_one(slot, self.store.begin_write(slot, token, ttl))
    }

    fn end_write<'a>(
        &'a self,
        slot: &'a str,
        token: [u8; 16],
        value: Option<(Bytes, Duration)>,
    ) -> StoreFuture<'a, bool> {
        self.change_one(slot, self.store.end_write(slot, token, value))
    }

    fn lock<'a>(
        &'a self,
        slot: &'a str,
        fence: &'a str,
        token: &'a [u8],
        ttl: Duration,
    ) -> StoreFuture<'a, Option<u64>> {
        self.store.lock(slot, fence, token, ttl)
    }

    fn publish<'a>(&'a self, channel: &'a str, message: Bytes) -> StoreFuture<'a, ()> {
        self.store.publish(channel, message)
    }

    fn subscribe<'a>(&'a self, channel: &'a str) -> StoreFuture<'a, Subscription> {
        self.store.subscribe(channel)
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        self.store.ping()
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
