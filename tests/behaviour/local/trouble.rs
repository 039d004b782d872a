//! Where the store fails, or does not tell of changes.

use std::time::{Duration, Instant};

use cached_runtime::{Cache, Outcome, cache_invalidate, observe, redis_cache};
use support::eventually;
use tokio::time::advance;

use super::store::Bent;
use super::{PATIENCE, kept, version};
use crate::world::Database;

#[redis_cache(ttl = 3600, local = 3600, skip(db), tags = ["all", "v:{result}"])]
async fn tagged(db: &Database, id: u32) -> u32 {
    let _ = id;
    db.read().await
}

#[cache_invalidate(tagged(id))]
async fn write(db: &Database, id: u32) {
    let _ = (db, id);
}

#[redis_cache(ttl = 3600, local(ttl = 10, untracked = 1), skip(db))]
async fn untracked(db: &Database, id: u32) -> u32 {
    let _ = id;
    db.read().await
}

/// What is kept is no longer told as soon as `change` was tried, and failed; nor before it has gone through.
async fn a_failed_change_is_seen(change: impl AsyncFn(&Database)) {
    let store = Bent::new();
    let cache = store.cache();
    let calls = async {
        let db = Database::at(1);
        kept(async || tagged(&db, 7).await, 1).await;
        db.set(2);
        store.set_away(true);
        change(&db).await;
        for _ in 0..5 {
            assert_eq!(observe(tagged(&db, 7)).await, (2, Outcome::Bypass));
        }
        store.set_away(false);
        // Until it has gone through, and after that.
        kept(async || tagged(&db, 7).await, 2).await;
        assert_eq!(cache.stats().pending_invalidations, 0);
    };
    cache.scope(calls).await;
}

#[tokio::test]
async fn an_invalidation_that_failed() {
    a_failed_change_is_seen(async |_| drop(tagged::entry(7).invalidate().await.unwrap_err())).await;
    a_failed_change_is_seen(async |db| write(db, 7).await).await;
    a_failed_change_is_seen(async |_| drop(Cache::current().clear().await.unwrap_err())).await;
}

#[tokio::test]
async fn a_tag_that_could_not_be_invalidated() {
    for tag in ["all", "v:1"] {
        a_failed_change_is_seen(async |_| {
            Cache::current().invalidate_tag(tag).await.unwrap_err();
        })
        .await;
    }
}

#[tokio::test]
async fn a_failed_invalidation_of_another_entry_leaves_it_alone() {
    let store = Bent::new();
    let calls = async {
        let db = Database::at(1);
        kept(async || version(&db, 7).await, 1).await;
        store.set_away(true);
        version::entry(8).invalidate().await.unwrap_err();
        Cache::current().invalidate_tag("all").await.unwrap_err();
        assert_eq!(observe(version(&db, 7)).await, (1, Outcome::LocalHit));
    };
    store.cache().scope(calls).await;
}

/// It may have been made, or be made yet.
#[tokio::test]
async fn an_invalidation_whose_caller_is_gone() {
    let store = Bent::new();
    let cache = store.cache();
    let calls = async {
        let db = Database::at(1);
        kept(async || tagged(&db, 7).await, 1).await;
        let gate = store.hold_change();
        let task = tokio::spawn(cache.scope(async { tagged::entry(7).invalidate().await }));
        gate.entered().await;
        db.set(2);
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        for _ in 0..5 {
            assert_eq!(tagged(&db, 7).await, 2);
        }
        kept(async || tagged(&db, 7).await, 2).await;
    };
    cache.scope(calls).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_not_told_is_kept_as_long_as_was_accepted() {
    let store = Bent::silent();
    let other = store.cache();
    let calls = async {
        let db = Database::at(1);
        for outcome in [Outcome::Miss, Outcome::Hit, Outcome::LocalHit, Outcome::LocalHit] {
            assert_eq!(observe(untracked(&db, 7)).await, (1, outcome));
        }
        db.set(2);
        let of_other = async { untracked::entry(7).invalidate().await.unwrap() };
        other.scope(of_other).await;
        advance(Duration::from_millis(999)).await;
        assert_eq!(observe(untracked(&db, 7)).await, (1, Outcome::LocalHit));
        advance(Duration::from_millis(1)).await;
        assert_eq!(observe(untracked(&db, 7)).await, (2, Outcome::Miss));
        // An invalidation of its own it knows of.
        for new in 3..9 {
            kept(async || untracked(&db, 7).await, new - 1).await;
            db.set(new);
            untracked::entry(7).invalidate().await.unwrap();
            assert_eq!(untracked(&db, 7).await, new);
        }
    };
    store.cache().scope(calls).await;
}

#[tokio::test]
async fn what_is_not_told_is_not_kept_by_default() {
    let store = Bent::silent();
    let calls = async {
        let db = Database::at(1);
        tagged(&db, 7).await;
        for _ in 0..5 {
            assert_eq!(observe(tagged(&db, 7)).await, (1, Outcome::Hit));
        }
    };
    store.cache().scope(calls).await;
}

#[tokio::test]
async fn a_store_that_lost_track_of_changes() {
    let store = Bent::new();
    let calls = async {
        let db = Database::at(1);
        let call = async || observe(tagged(&db, 7)).await.1;
        kept(async || tagged(&db, 7).await, 1).await;
        let tracker = store.tracker();
        tracker.lost();
        assert_eq!([call().await, call().await], [Outcome::Hit; 2]);
        tracker.trust();
        assert_eq!(call().await, Outcome::LocalHit, "of the reads after that");
        tracker.all_changed();
        assert_eq!([call().await, call().await], [Outcome::Hit, Outcome::LocalHit]);
        // For a while it does not know; and what is kept counts again when it does.
        tracker.trust_until(Instant::now());
        assert_eq!(call().await, Outcome::Hit);
        tracker.trust_until(Instant::now() + PATIENCE);
        assert_eq!(call().await, Outcome::LocalHit);
        tracker.changed("another slot");
        assert_eq!(call().await, Outcome::LocalHit);
        tracker.changed(tagged::entry(7).key());
        assert_eq!([call().await, call().await], [Outcome::Hit, Outcome::LocalHit]);
        tracker
    };
    let tracker = store.cache().scope(calls).await;
    eventually(PATIENCE, async || tracker.is_gone()).await;
}
