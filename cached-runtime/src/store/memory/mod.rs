//! Slots in this process.

use std::fmt;
use std::future::ready;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use bytes::Bytes;
use quick_cache::sync::Cache;
use quick_cache::{DefaultHashBuilder, Weighter};
use tokio::time::Instant;

use super::{Store, StoreFuture, Subscription, TagRead, Tracked, Tracker, is_lease};

mod channels;
mod lock;
mod steps;
#[cfg(test)]
mod tests;
mod trackers;

use channels::Channels;
use lock::LocksStay;
use trackers::Trackers;

/// What a slot costs beside its name and value, in bytes, about.
const OVERHEAD: usize = 96;

/// A store in the memory of this process, bounded and expiring: for tests, for development without a server, and
/// for programs that are one process.
///
/// When it is full, it drops the slots that are used least (S3-FIFO, Yang et al., SOSP 2023, by `quick_cache`), but no
/// lock that is held.
/// Time is that of Tokio's clock, so tests can pause it.
///
/// ```
/// use cached_runtime::{Cache, MemoryStore};
///
/// let cache = Cache::builder().store(MemoryStore::new(8 * 1024 * 1024)).build()?;
/// # Ok::<(), cached_runtime::Error>(())
/// ```
pub struct MemoryStore {
    slots: Cache<String, Slot, Weight, DefaultHashBuilder, LocksStay>,
    capacity: u64,
    /// Of the locks: the last number that was given out.
    fence: AtomicU64,
    channels: Channels,
    trackers: Trackers,
}

#[derive(Clone)]
struct Slot {
    value: Bytes,
    /// `None` is so far ahead that the clock can't tell.
    end: Option<Instant>,
    is_lock: bool,
}

impl Slot {
    fn new(value: Bytes, ttl: Duration) -> Self {
        Self { value, end: end_of(ttl), is_lock: false }
    }

    fn is_over(&self, now: Instant) -> bool {
        self.end.is_some_and(|end| end <= now)
    }

    fn left(&self, now: Instant) -> Duration {
        self.end.map_or(Duration::MAX, |end| end.saturating_duration_since(now))
    }

    /// Lets a value live for `ttl` from now. A lease is held for as long as its fill asked, whoever reads it.
    fn renew(&mut self, ttl: Duration) {
        if !is_lease(&self.value) {
            self.end = end_of(ttl);
        }
    }
}

fn end_of(ttl: Duration) -> Option<Instant> {
    Instant::now().checked_add(ttl)
}

#[derive(Clone)]
struct Weight;

impl Weighter<String, Slot> for Weight {
    fn weight(&self, name: &String, slot: &Slot) -> u64 {
        (name.len() + slot.value.len() + OVERHEAD) as u64
    }
}

impl MemoryStore {
    /// What [`Cache::in_memory`](crate::Cache::in_memory) and the default cache use: 64 MiB.
    pub const DEFAULT_CAPACITY: usize = 64 * 1024 * 1024;

    /// A store that holds names and values of up to about `capacity` bytes in all.
    pub fn new(capacity: usize) -> Self {
        const USUAL_SLOT: usize = 512;
        let slots = (capacity / USUAL_SLOT).max(1);
        let capacity = capacity as u64;
        let hash = DefaultHashBuilder::default();
        Self {
            slots: Cache::with(slots, capacity, Weight, hash, LocksStay::default()),
            capacity,
            fence: AtomicU64::new(0),
            channels: Channels::default(),
            trackers: Trackers::default(),
        }
    }
}

impl Default for MemoryStore {
    /// A store of [`MemoryStore::DEFAULT_CAPACITY`].
    fn default() -> Self {
        Self::new(Self::DEFAULT_CAPACITY)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("slots", &self.slots.len())
            .field("bytes", &self.slots.weight())
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

impl Store for MemoryStore {
    fn get<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
        Box::pin(ready(Ok(self.read(slot).map(|(value, _)| value))))
    }

    fn get_with_ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<(Bytes, Duration)>> {
        Box::pin(ready(Ok(self.read(slot))))
    }

    fn get_and_renew<'a>(&'a self, slot: &'a str, ttl: Duration) -> StoreFuture<'a, Option<Bytes>> {
        Box::pin(ready(Ok(self.renew(slot, ttl))))
    }

    fn set<'a>(&'a self, slot: &'a str, value: Bytes, ttl: Duration) -> StoreFuture<'a, ()> {
        self.slots.insert(slot.to_owned(), Slot::new(value, ttl));
        self.trackers.tell(slot);
        Box::pin(ready(Ok(())))
    }

    fn set_if_absent<'a>(
        &'a self,
        slot: &'a str,
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        let done = self.put_if_absent(slot, Slot::new(value, ttl));
        self.trackers.tell(slot);
        Box::pin(ready(Ok(done)))
    }

    fn set_if_starts<'a>(
        &'a self,
        slot: &'a str,
        start: &'a [u8],
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, bool> {
        let done = self.put_if_starts(slot, start, Slot::new(value, ttl));
        self.trackers.tell(slot);
        Box::pin(ready(Ok(done)))
    }

    fn delete<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, bool> {
        let done = self.remove(slot);
        self.trackers.tell(slot);
        Box::pin(ready(Ok(done)))
    }

    fn delete_if_starts<'a>(&'a self, slot: &'a str, start: &'a [u8]) -> StoreFuture<'a, bool> {
        let done = self.remove_if_starts(slot, start);
        self.trackers.tell(slot);
        Box::pin(ready(Ok(done)))
    }

    fn ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
        Box::pin(ready(Ok(self.left(slot))))
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a str) -> StoreFuture<'a, u64> {
        let removed = self.remove_prefix(prefix);
        self.trackers.tell_all();
        Box::pin(ready(Ok(removed)))
    }

    fn track(&self, tracker: Tracker) {
        self.trackers.add(tracker);
    }

    /// What is dropped as the store is full is not told: it was right.
    fn get_tracked<'a>(&'a self, slot: &'a str, read: &'a TagRead) -> StoreFuture<'a, Tracked> {
        let tagged = self.get_tagged(slot, read);
        Box::pin(async move { Ok(Tracked { tagged: tagged.await?, is_tracked: true }) })
    }

    fn lock<'a>(
        &'a self,
        slot: &'a str,
        _fence: &'a str,
        token: &'a [u8],
        ttl: Duration,
    ) -> StoreFuture<'a, Option<u64>> {
        Box::pin(ready(Ok(self.take_lock(slot, token, ttl))))
    }

    fn publish<'a>(&'a self, channel: &'a str, message: Bytes) -> StoreFuture<'a, ()> {
        self.channels.publish(channel, &message);
        Box::pin(ready(Ok(())))
    }

    fn subscribe<'a>(&'a self, channel: &'a str) -> StoreFuture<'a, Subscription> {
        Box::pin(ready(Ok(self.channels.subscribe(channel))))
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        Box::pin(ready(Ok(())))
    }

    fn describe(&self) -> String {
        "this process".to_owned()
    }
}
