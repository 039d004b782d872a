//! A store of one's own that is away at times, and takes part in what is made up for when it is back.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cached_runtime::{
    Bytes, Cache, Error, MemoryStore, OnReturn, Outcome, Store, StoreFuture, observe, redis_cache,
    refresh,
};

use crate::basic::PATIENCE;

tokio::task_local! {
    /// Whether this is a replay, whose steps get through.
    static REPLAY: ();
}

/// A store in memory that can be cut off.
#[derive(Default)]
struct Remote {
    slots: MemoryStore,
    is_away: AtomicBool,
    replays: Mutex<Vec<OnReturn>>,
}

impl Remote {
    fn reach<'a, T: Send + 'a>(
        &'a self,
        step: impl FnOnce(&'a MemoryStore) -> StoreFuture<'a, T>,
    ) -> StoreFuture<'a, T> {
        if self.is_away() && REPLAY.try_with(|()| ()).is_err() {
            return Box::pin(async { Err(Error::custom("the line is cut: mend it")) });
        }
        step(&self.slots)
    }

    /// The line is mended, but for as long as a replay fails.
    async fn come_back(&self) -> Result<(), Error> {
        let replays: Vec<_> = self.replays.lock().unwrap().iter().filter_map(|it| it()).collect();
        for replay in replays {
            REPLAY.scope((), replay).await?;
        }
        self.is_away.store(false, Ordering::SeqCst);
        Ok(())
    }
}

impl Store for Remote {
    fn get<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
        self.reach(move |slots| slots.get(slot))
    }

    fn get_with_ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<(Bytes, Duration)>> {
        self.reach(move |slots| slots.get_with_ttl(slot))
    }

    fn get_and_renew<'a>(&'a self, slot: &'a str, ttl: Duration) -> StoreFuture<'a, Option<Bytes>> {
        self.reach(move |slots| slots.get_and_renew(slot, ttl))
    }

    fn set<'a>(&'a self, slot: &'a str, value: Bytes, ttl: Duration) -> StoreFuture<'a, ()> {
        self.reach(move |slots| slots.set(slot, value, ttl))
    }

    fn set_if_absent<'a>(
        &'a self,
        slot: &'a str,
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        self.reach(move |slots| slots.set_if_absent(slot, value, ttl))
    }

    fn set_if_starts<'a>(
        &'a self,
        slot: &'a str,
        start: &'a [u8],
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, bool> {
        self.reach(move |slots| slots.set_if_starts(slot, start, value, ttl))
    }

    fn delete<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, bool> {
        self.reach(move |slots| slots.delete(slot))
    }

    fn delete_if_starts<'a>(&'a self, slot: &'a str, start: &'a [u8]) -> StoreFuture<'a, bool> {
        self.reach(move |slots| slots.delete_if_starts(slot, start))
    }

    fn ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
        self.reach(move |slots| slots.ttl(slot))
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a str) -> StoreFuture<'a, u64> {
        self.reach(move |slots| slots.delete_prefix(prefix))
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        self.reach(move |slots| slots.ping())
    }

    fn is_away(&self) -> bool {
        self.is_away.load(Ordering::SeqCst)
    }

    fn on_return(&self, replay: OnReturn) {
        self.replays.lock().unwrap().push(replay);
    }
}

#[redis_cache(ttl = 60, skip(now))]
async fn record(now: &AtomicU64, id: u64) -> u64 {
    now.load(Ordering::SeqCst) + id
}

#[redis_cache(ttl = 60, skip(now), tags = ["members"])]
async fn member(now: &AtomicU64, id: u64) -> u64 {
    now.load(Ordering::SeqCst) + id
}

#[tokio::test]
async fn what_failed_is_made_up_for_as_it_comes_back() {
    let store = Arc::new(Remote::default());
    let builder = Cache::builder().store(Arc::clone(&store)).op_timeout(PATIENCE);
    let cache = builder.build().unwrap();
    let now = AtomicU64::new(1);
    let read = async |id| (observe(record(&now, id)).await, observe(member(&now, id)).await);
    let pending = || cache.stats().pending_invalidations;
    cache
        .scope(async {
            for id in 0..200 {
                read(id).await;
            }
            store.is_away.store(true, Ordering::SeqCst);
            now.store(2, Ordering::SeqCst);
            for id in 0..199 {
                record::entry(id).invalidate().await.unwrap_err();
            }
            cache.invalidate_tag("members").await.unwrap_err();
            assert_eq!(pending(), 200);
            let bypass = ((3, Outcome::Bypass), (3, Outcome::Bypass));
            assert_eq!(read(1).await, bypass);
            store.come_back().await.unwrap();
            assert_eq!(pending(), 0, "before anything else is done");
            assert_eq!(read(1).await, ((3, Outcome::Miss), (3, Outcome::Miss)));
            assert_eq!(read(1).await, ((3, Outcome::Hit), (3, Outcome::Hit)));
            assert_eq!(read(199).await, ((200, Outcome::Hit), (201, Outcome::Miss)));
        })
        .await;
    drop(cache);
    assert!(store.replays.lock().unwrap().iter().all(|replay| replay().is_none()));
}

#[redis_cache(ttl = 60, skip(now), local(untracked = 60))]
async fn kept(now: &AtomicU64, id: u64) -> u64 {
    now.load(Ordering::SeqCst) + id
}

#[tokio::test]
async fn what_was_kept_before_a_refresh_does_not_count_though_the_store_is_away() {
    let store = Arc::new(Remote::default());
    let builder = Cache::builder().store(Arc::clone(&store)).op_timeout(PATIENCE);
    let cache = builder.build().unwrap();
    let now = AtomicU64::new(1);
    let read = |id| observe(kept(&now, id));
    cache
        .scope(async {
            for expected in [Outcome::Miss, Outcome::Hit, Outcome::LocalHit] {
                assert_eq!(read(1).await, (2, expected));
            }
            store.is_away.store(true, Ordering::SeqCst);
            now.store(2, Ordering::SeqCst);
            assert_eq!(read(1).await, (2, Outcome::LocalHit));
            assert_eq!(refresh(kept(&now, 1)).await, 3);
            assert_eq!(read(1).await, (3, Outcome::Bypass));
        })
        .await;
}
