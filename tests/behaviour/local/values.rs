//! Which values are kept, and how they are handed out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use cached_runtime::{Cache, Outcome, observe, redis_cache};
use serde::{Deserialize, Serialize};

use super::kept;
use crate::on_every_store;

#[redis_cache(ttl = 3600, local(max_size = 1000))]
async fn of_length(length: usize) -> String {
    "x".repeat(length)
}

#[redis_cache(ttl = 3600, local = 3600)]
async fn shared(id: u64) -> Arc<Vec<u64>> {
    Arc::new(vec![id; 3])
}

#[redis_cache(ttl = 3600, local = 3600)]
async fn owned(id: u64) -> Vec<u64> {
    vec![id; 3]
}

#[redis_cache(ttl = 3600, local = 3600, cache_none = false)]
async fn perhaps(id: u64) -> Option<u64> {
    (id > 5).then_some(id)
}

#[redis_cache(ttl = 3600, local = 3600, cache_if = |value| value % 2 == 0)]
async fn even(id: u64) -> u64 {
    id
}

#[redis_cache(ttl = 3600, local = 3600)]
async fn failing(id: u64) -> Result<u64, String> {
    if id > 5 { Ok(id) } else { Err("too small".to_owned()) }
}

on_every_store! {
    async fn none_that_is_too_large(_world) {
        kept(async || of_length(900).await.len(), 900).await;
        for _ in 0..3 {
            of_length(1001).await;
        }
        assert_eq!(observe(of_length(1001)).await.1, Outcome::Hit);
    }

    async fn an_arc_is_the_same_each_time(_world) {
        kept(async || shared(7).await, Arc::new(vec![7; 3])).await;
        let (one, two) = (shared(7).await, shared(7).await);
        assert!(Arc::ptr_eq(&one, &two));
        // Who has it keeps it, whatever becomes of the entry.
        shared::entry(7).put(&Arc::new(vec![8])).await.unwrap();
        assert_eq!(*shared(7).await, [8]);
        assert_eq!(*one, [7; 3]);
    }

    async fn others_are_of_the_caller_alone(_world) {
        kept(async || owned(7).await, vec![7; 3]).await;
        owned(7).await.push(8);
        assert_eq!(owned(7).await, [7; 3]);
    }

    async fn none_that_is_not_cached(_world) {
        for _ in 0..3 {
            assert_eq!(observe(perhaps(1)).await, (None, Outcome::Miss));
            assert_eq!(observe(even(1)).await, (1, Outcome::Miss));
            assert_eq!(observe(failing(1)).await.1, Outcome::Miss);
        }
        kept(async || perhaps(6).await, Some(6)).await;
        kept(async || even(6).await, 6).await;
        kept(async || failing(6).await, Ok(6)).await;
    }
}

static CLONES: AtomicU32 = AtomicU32::new(0);

static PANICS: AtomicBool = AtomicBool::new(false);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Touchy(u64);

impl Clone for Touchy {
    fn clone(&self) -> Self {
        CLONES.fetch_add(1, Ordering::SeqCst);
        assert!(!PANICS.load(Ordering::SeqCst), "not now");
        Self(self.0)
    }
}

#[redis_cache(ttl = 3600, local = 3600)]
async fn touchy(id: u64) -> Touchy {
    Touchy(id)
}

/// A panic of the user's own is the call's, and harms no other call.
#[tokio::test]
async fn a_clone_that_panics() {
    let cache = Cache::in_memory();
    let call = || tokio::spawn(cache.scope(observe(touchy(1))));
    assert_eq!(call().await.unwrap(), (Touchy(1), Outcome::Miss));
    PANICS.store(true, Ordering::SeqCst);
    assert!(call().await.unwrap_err().is_panic(), "as it is kept");
    PANICS.store(false, Ordering::SeqCst);
    assert_eq!(call().await.unwrap(), (Touchy(1), Outcome::Hit));
    assert_eq!(CLONES.load(Ordering::SeqCst), 2, "one more for what is kept");
    PANICS.store(true, Ordering::SeqCst);
    assert!(call().await.unwrap_err().is_panic(), "as it is handed out");
    PANICS.store(false, Ordering::SeqCst);
    assert_eq!(call().await.unwrap(), (Touchy(1), Outcome::LocalHit));
}
