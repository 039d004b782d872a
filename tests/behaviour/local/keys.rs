//! What is kept for one call is for no other.

use std::fmt::Debug;
use std::sync::Arc;

use cached_runtime::{Cache, redis_cache};
use serde::Serialize;

use super::kept;
use crate::on_every_store;
use crate::world::Database;

#[redis_cache(ttl = 3600, local = 3600)]
async fn double(id: u64) -> u64 {
    id * 2
}

#[redis_cache(ttl = 3600, local = 3600)]
async fn triple(id: u64) -> u64 {
    id * 3
}

#[redis_cache(ttl = 3600, local = 3600)]
async fn shown<T: Debug + Serialize + Sync>(value: &T) -> String {
    format!("{value:?}")
}

#[redis_cache(ttl = 3600, local = 3600)]
async fn length(text: &str, more: &str) -> (String, usize) {
    (format!("{text}{more}"), text.len())
}

#[redis_cache(ttl = 3600, local = 3600, key = "{text}:{more}")]
async fn readable(text: &str, more: &str) -> (String, usize) {
    (format!("{text}{more}"), text.len())
}

struct Meters;
struct Feet;

trait Unit {
    async fn name(&self, plural: bool) -> Arc<str>;
}

impl Unit for Meters {
    #[redis_cache(ttl = 3600, local = 3600, skip(self))]
    async fn name(&self, plural: bool) -> Arc<str> {
        if plural { "meters" } else { "meter" }.into()
    }
}

impl Unit for Feet {
    #[redis_cache(ttl = 3600, local = 3600, skip(self))]
    async fn name(&self, plural: bool) -> Arc<str> {
        if plural { "feet" } else { "foot" }.into()
    }
}

/// Its tenant is no part of its key, and of its tags.
#[redis_cache(ttl = 3600, local = 3600, skip(db, tenant), tags = ["tenant:{tenant}"])]
async fn of_tenant(db: &Database, id: u32, tenant: &str) -> u32 {
    let _ = (id, tenant);
    db.read().await
}

on_every_store! {
    async fn each_function_has_its_own(_world) {
        for id in [1, 2] {
            kept(async || double(id).await, id * 2).await;
            kept(async || triple(id).await, id * 3).await;
        }
    }

    async fn each_instance_has_its_own(_world) {
        for _ in 0..2 {
            kept(async || shown(&1_u8).await, "1".to_owned()).await;
            kept(async || shown(&'1').await, "'1'".to_owned()).await;
            kept(async || shown(&"1").await, "\"1\"".to_owned()).await;
            kept(async || shown(&Some(1)).await, "Some(1)".to_owned()).await;
            kept(async || shown(&(1, 2)).await, "(1, 2)".to_owned()).await;
        }
    }

    async fn each_type_has_its_own(_world) {
        for (plural, meters, feet) in [(false, "meter", "foot"), (true, "meters", "feet")] {
            kept(async || Meters.name(plural).await, meters.into()).await;
            kept(async || Feet.name(plural).await, feet.into()).await;
        }
    }

    async fn arguments_do_not_reach_into_each_other(_world) {
        let long = "x".repeat(500);
        let texts = ["", "a", "ab", ":", "::", "a:", "%3A", &long, &long[1..]];
        for _ in 0..2 {
            for text in texts {
                for more in texts {
                    let expected = (format!("{text}{more}"), text.len());
                    kept(async || length(text, more).await, expected.clone()).await;
                    kept(async || readable(text, more).await, expected).await;
                }
            }
        }
    }

    async fn a_tag_counts_that_is_of_a_skipped_argument(world) {
        let db = Database::at(0);
        for new in 1..10 {
            kept(async || of_tenant(&db, 1, "a").await, new - 1).await;
            kept(async || of_tenant(&db, 1, "b").await, new - 1).await;
            db.set(new);
            let tenant = if new % 2 == 0 { "a" } else { "b" };
            world.cache.invalidate_tag(&format!("tenant:{tenant}")).await.unwrap();
            assert_eq!(of_tenant(&db, 1, tenant).await, new);
        }
    }
}

#[tokio::test]
async fn each_cache_has_its_own() {
    let (one, other) = (Cache::in_memory(), Cache::in_memory());
    let (new, old) = (Database::at(2), Database::at(1));
    for _ in 0..2 {
        one.scope(kept(async || super::version(&new, 1).await, 2)).await;
        other.scope(kept(async || super::version(&old, 1).await, 1)).await;
    }
}
