//! A store whose steps can be held or fail, and that need not tell of changes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cached_runtime::{
    Bytes, Cache, Error, MemoryStore, Store, StoreFuture, TagRead, Tracked, Tracker,
};

use crate::world::Gate;

#[derive(Default)]
pub(super) struct Bent {
    store: MemoryStore,
    is_away: AtomicBool,
    takes_no_changes: AtomicBool,
    is_silent: bool,
    /// The next reply is held here, and the next change before it is made.
    reply: Mutex<Option<Arc<Gate>>>,
    change: Mutex<Option<Arc<Gate>>>,
    tracker: Mutex<Option<Tracker>>,
}

impl Bent {
    pub(super) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// It never tells of a change.
    pub(super) fn silent() -> Arc<Self> {
        Arc::new(Self { is_silent: true, ..Self::default() })
    }

    pub(super) fn cache(self: &Arc<Self>) -> Cache {
        Cache::builder().store(Arc::clone(self)).build().expect("good settings")
    }

    pub(super) fn set_away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::SeqCst);
    }

    pub(super) fn take_no_changes(&self) {
        self.takes_no_changes.store(true, Ordering::SeqCst);
    }

    pub(super) fn hold_reply(&self) -> Arc<Gate> {
        hold(&self.reply)
    }

    pub(super) fn hold_change(&self) -> Arc<Gate> {
        hold(&self.change)
    }

    /// What it tells of changes with.
    pub(super) fn tracker(&self) -> Tracker {
        self.tracker.lock().unwrap().clone().expect("a function with `local` was called")
    }

    /// A step of the memory store is made as soon as it is called.
    fn read<'a, T: Send + 'a>(
        &'a self,
        step: impl FnOnce() -> StoreFuture<'a, T> + Send + 'a,
    ) -> StoreFuture<'a, T> {
        Box::pin(async move {
            self.answer()?;
            let reply = step().await;
            pass(&self.reply).await;
            reply
        })
    }

    fn change<'a, T: Send + 'a>(
        &'a self,
        step: impl FnOnce() -> StoreFuture<'a, T> + Send + 'a,
    ) -> StoreFuture<'a, T> {
        Box::pin(async move {
            self.answer()?;
            if self.takes_no_changes.load(Ordering::SeqCst) {
                return Err(Error::custom("it is read-only"));
            }
            pass(&self.change).await;
            step().await
        })
    }

    fn answer(&self) -> Result<(), Error> {
        if self.is_away.load(Ordering::SeqCst) { Err(Error::custom("it is away")) } else { Ok(()) }
    }
}

fn hold(place: &Mutex<Option<Arc<Gate>>>) -> Arc<Gate> {
    let gate = Arc::<Gate>::default();
    *place.lock().unwrap() = Some(Arc::clone(&gate));
    gate
}

async fn pass(place: &Mutex<Option<Arc<Gate>>>) {
    let gate = place.lock().unwrap().take();
    if let Some(gate) = gate {
        gate.pass().await;
    }
}

impl Store for Bent {
    fn get<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
        self.read(move || self.store.get(slot))
    }

    fn get_with_ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<(Bytes, Duration)>> {
        self.read(move || self.store.get_with_ttl(slot))
    }

    fn get_and_renew<'a>(&'a self, slot: &'a str, ttl: Duration) -> StoreFuture<'a, Option<Bytes>> {
        self.read(move || self.store.get_and_renew(slot, ttl))
    }

    fn set<'a>(&'a self, slot: &'a str, value: Bytes, ttl: Duration) -> StoreFuture<'a, ()> {
        self.change(move || self.store.set(slot, value, ttl))
    }

    fn set_if_absent<'a>(
        &'a self,
        slot: &'a str,
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        self.change(move || self.store.set_if_absent(slot, value, ttl))
    }

    fn set_if_starts<'a>(
        &'a self,
        slot: &'a str,
        start: &'a [u8],
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, bool> {
        self.change(move || self.store.set_if_starts(slot, start, value, ttl))
    }

    fn delete<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, bool> {
        self.change(move || self.store.delete(slot))
    }

    fn delete_if_starts<'a>(&'a self, slot: &'a str, start: &'a [u8]) -> StoreFuture<'a, bool> {
        self.change(move || self.store.delete_if_starts(slot, start))
    }

    fn ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
        self.read(move || self.store.ttl(slot))
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a str) -> StoreFuture<'a, u64> {
        self.change(move || self.store.delete_prefix(prefix))
    }

    fn track(&self, tracker: Tracker) {
        if !self.is_silent {
            *self.tracker.lock().unwrap() = Some(tracker.clone());
            self.store.track(tracker);
        }
    }

    fn get_tracked<'a>(&'a self, slot: &'a str, read: &'a TagRead) -> StoreFuture<'a, Tracked> {
        if self.is_silent {
            let tagged = self.get_tagged(slot, read);
            return Box::pin(async { Ok(Tracked { tagged: tagged.await?, is_tracked: false }) });
        }
        self.read(move || self.store.get_tracked(slot, read))
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        self.read(move || self.store.ping())
    }
}
