//! Slots in this process.

use std::fmt;
use std::future::ready;
use std::time::Duration;

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::{Cache, EntryAction, EntryResult};
use tokio::time::Instant;

use super::{Store, StoreFuture};

/// What a slot costs beside its name and value, in bytes, about.
const OVERHEAD: usize = 96;

/// A store in the memory of this process, bounded and expiring: for tests, for development without a server, and
/// for programs that are one process.
///
/// When it is full, it drops the slots that are used least (S3-FIFO, Yang et al., SOSP 2023, by `quick_cache`).
/// Time is that of Tokio's clock, so tests can pause it.
///
/// ```
/// use cached_runtime::{Cache, MemoryStore};
///
/// let cache = Cache::builder().store(MemoryStore::new(8 * 1024 * 1024)).build()?;
/// # Ok::<(), cached_runtime::Error>(())
/// ```
pub struct MemoryStore {
    slots: Cache<String, Slot, Weight>,
}

#[derive(Clone)]
struct Slot {
    value: Bytes,
    /// `None` is so far ahead that the clock can't tell.
    end: Option<Instant>,
}

impl Slot {
    fn new(value: Bytes, ttl: Duration) -> Self {
        Self { value, end: end_of(ttl) }
    }

    fn is_over(&self, now: Instant) -> bool {
        self.end.is_some_and(|end| end <= now)
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
        Self { slots: Cache::with_weighter(slots, capacity as u64, Weight) }
    }

    fn read(&self, slot: &str) -> Option<Bytes> {
        let found = self.slots.get(slot)?;
        let now = Instant::now();
        if found.is_over(now) {
            // Only if it is still over: another call may have filled it again.
            self.slots.remove_if(slot, |current| current.is_over(now));
            return None;
        }
        Some(found.value)
    }

    fn renew(&self, slot: &str, ttl: Duration) -> Option<Bytes> {
        let now = Instant::now();
        let renewed = self.slots.entry(slot, Some(Duration::ZERO), |_, found| {
            if found.is_over(now) {
                return EntryAction::Remove;
            }
            found.end = end_of(ttl);
            EntryAction::Retain(found.value.clone())
        });
        match renewed {
            EntryResult::Retained(value) => Some(value),
            _ => None,
        }
    }

    fn left(&self, slot: &str) -> Option<Duration> {
        let found = self.slots.peek(slot)?;
        let now = Instant::now();
        let left = found.end.map_or(Duration::MAX, |end| end.saturating_duration_since(now));
        (!left.is_zero()).then_some(left)
    }

    fn remove(&self, slot: &str) -> bool {
        let now = Instant::now();
        self.slots.remove(slot).is_some_and(|(_, found)| !found.is_over(now))
    }

    fn remove_prefix(&self, prefix: &str) -> u64 {
        let now = Instant::now();
        let mut removed = 0;
        for (name, slot) in self.slots.iter() {
            if name.starts_with(prefix) && self.slots.remove(&name).is_some() && !slot.is_over(now)
            {
                removed += 1;
            }
        }
        removed
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
            .field("capacity", &self.slots.capacity())
            .finish()
    }
}

impl Store for MemoryStore {
    fn get<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
        Box::pin(ready(Ok(self.read(slot))))
    }

    fn get_and_renew<'a>(&'a self, slot: &'a str, ttl: Duration) -> StoreFuture<'a, Option<Bytes>> {
        Box::pin(ready(Ok(self.renew(slot, ttl))))
    }

    fn set<'a>(&'a self, slot: &'a str, value: Bytes, ttl: Duration) -> StoreFuture<'a, ()> {
        self.slots.insert(slot.to_owned(), Slot::new(value, ttl));
        Box::pin(ready(Ok(())))
    }

    fn delete<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(ready(Ok(self.remove(slot))))
    }

    fn ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
        Box::pin(ready(Ok(self.left(slot))))
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a str) -> StoreFuture<'a, u64> {
        Box::pin(ready(Ok(self.remove_prefix(prefix))))
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        Box::pin(ready(Ok(())))
    }

    fn describe(&self) -> String {
        "this process".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn it_stays_within_its_capacity() {
        let store = MemoryStore::new(1024 * 1024);
        for i in 0..10_000 {
            store.set(&format!("slot:{i}"), Bytes::from(vec![0; 1024]), MINUTE).await.unwrap();
        }
        assert!(store.slots.weight() <= 1024 * 1024, "{store:?}");
        assert!(store.slots.len() > 500, "and does hold what fits: {store:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_over_is_gone_and_renewing_does_not_bring_it_back() {
        let store = MemoryStore::default();
        store.set("a", Bytes::from_static(b"1"), MINUTE).await.unwrap();
        tokio::time::advance(MINUTE / 2).await;
        assert!(store.get_and_renew("a", MINUTE).await.unwrap().is_some());
        tokio::time::advance(Duration::from_millis(59_999)).await;
        assert_eq!(store.ttl("a").await.unwrap(), Some(Duration::from_millis(1)));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(store.ttl("a").await.unwrap(), None);
        assert_eq!(store.get_and_renew("a", MINUTE).await.unwrap(), None);
        assert_eq!(store.get("a").await.unwrap(), None);
        assert!(!store.delete("a").await.unwrap());
        assert_eq!(store.slots.len(), 0);
    }
}
