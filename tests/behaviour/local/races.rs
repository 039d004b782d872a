//! A change that comes between the reply to a read and the keeping of its value wins.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use cached_runtime::{Cache, Outcome, cache_invalidate, cache_put, observe, redis_cache};

use super::store::Bent;
use super::version;
use crate::world::Database;

#[redis_cache(ttl = 3600, local = 3600, skip(db), tags = ["all", "id:{id}", "v:{result}"])]
async fn tagged(db: &Database, id: u32) -> u32 {
    let _ = id;
    db.read().await
}

/// Without tags of its arguments.
#[redis_cache(ttl = 3600, local = 3600, skip(db), tags = ["v:{result}"])]
async fn named(db: &Database, id: u32) -> u32 {
    let _ = id;
    db.read().await
}

#[cache_invalidate(tagged(id), named(id))]
async fn write(db: &Database, id: u32, new: u32) {
    db.set(new);
}

#[cache_put(tagged(id), named(id))]
async fn put(db: &Database, id: u32, new: u32) -> u32 {
    db.set(new);
    new
}

/// A read whose reply is held while `change` is made, by this cache or by another: its own call may have what it read, as
/// it began before that, and no later call has it.
async fn wins(change: impl AsyncFn(&Database)) {
    for is_own in [true, false] {
        for is_named in [true, false] {
            let store = Bent::new();
            let cache = store.cache();
            let changing = if is_own { cache.clone() } else { store.cache() };
            let db = Arc::new(Database::at(1));
            let call = || {
                let db = Arc::clone(&db);
                cache.scope(async move {
                    if is_named {
                        observe(named(&db, 7)).await
                    } else {
                        observe(tagged(&db, 7)).await
                    }
                })
            };
            assert_eq!(call().await, (1, Outcome::Miss));
            let gate = store.hold_reply();
            let reading = tokio::spawn(call());
            gate.entered().await;
            db.set(2);
            changing.scope(change(&db)).await;
            gate.open();
            reading.await.unwrap();
            for _ in 0..3 {
                assert_eq!(call().await.0, 2, "a later call");
            }
            assert_eq!(call().await, (2, Outcome::LocalHit));
        }
    }
}

#[tokio::test]
async fn an_invalidation_wins() {
    wins(async |_| {
        tagged::entry(7).invalidate().await.unwrap();
        named::entry(7).invalidate().await.unwrap();
    })
    .await;
    wins(async |_| drop(Cache::current().clear().await)).await;
}

#[tokio::test]
async fn a_new_value_wins() {
    wins(async |_| {
        tagged::entry(7).put(&2).await.unwrap();
        named::entry(7).put(&2).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_tag_wins_that_only_the_value_names() {
    wins(async |_| Cache::current().invalidate_tag("v:1").await.unwrap()).await;
}

#[tokio::test]
async fn a_function_that_writes_wins() {
    wins(async |db| write(db, 7, 2).await).await;
    wins(async |db| assert_eq!(put(db, 7, 2).await, 2)).await;
}

/// A call that began before an invalidation may read after it has failed, and keep what it finds. As long as the
/// invalidation has not gone through, that does not count.
#[tokio::test]
async fn what_is_read_while_an_invalidation_fails_is_not_handed_out() {
    let store = Bent::new();
    let cache = store.cache();
    let db = Arc::new(Database::at(1));
    let call = || {
        let db = Arc::clone(&db);
        cache.scope(async move { observe(version(&db, 7)).await })
    };
    assert_eq!(call().await, (1, Outcome::Miss));
    let gate = store.hold_reply();
    let reading = tokio::spawn(call());
    gate.entered().await;
    let mut later = Box::pin(call());
    assert!(poll_once(&mut later).await.is_pending(), "it waits for a read that has yet to begin");
    db.set(2);
    store.take_no_changes();
    let invalidate = async { version::entry(7).invalidate().await };
    cache.scope(invalidate).await.unwrap_err();
    gate.open();
    assert_eq!(
        (reading.await.unwrap(), later.await),
        ((1, Outcome::Hit), (1, Outcome::Hit)),
        "they began before that"
    );
    for _ in 0..5 {
        assert_eq!(call().await, (2, Outcome::Bypass));
    }
}

async fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(Pin::new(&mut *future).poll(context))).await
}
