//! The futures around a call, of a function whose values are kept.

use cached_runtime::{Cache, Outcome, bypass, observe, only_cached, redis_cache, refresh};

use super::{kept, version};
use crate::on_every_store;
use crate::world::Database;

on_every_store! {
    async fn bypass_does_not_take_what_is_kept(_world) {
        let db = Database::at(1);
        kept(async || version(&db, 1).await, 1).await;
        db.set(2);
        assert_eq!(observe(bypass(version(&db, 1))).await, (2, Outcome::Bypass));
        kept(async || version(&db, 1).await, 1).await;
    }

    async fn only_cached_takes_and_keeps_it(_world) {
        #[redis_cache(ttl = 3600, local = 3600)]
        async fn forbidden(id: u64) -> u64 { unreachable!("the body of {id} ran") }
        assert_eq!(only_cached(forbidden(1)).await, None);
        forbidden::entry(1).put(&5).await.unwrap();
        kept(async || only_cached(forbidden(1)).await, Some(5)).await;
        forbidden::entry(1).invalidate().await.unwrap();
        assert_eq!(only_cached(forbidden(1)).await, None);
        assert_eq!(only_cached(refresh(forbidden(1))).await, None);
    }

    async fn refresh_replaces_it(_world) {
        let db = Database::at(1);
        kept(async || version(&db, 1).await, 1).await;
        db.set(2);
        assert_eq!(observe(refresh(version(&db, 1))).await, (2, Outcome::Miss));
        assert_eq!(observe(version(&db, 1)).await, (2, Outcome::Hit), "not what the body returned");
        kept(async || version(&db, 1).await, 2).await;
    }

    async fn an_entry_reads_the_store(_world) {
        let db = Database::at(1);
        kept(async || version(&db, 1).await, 1).await;
        let entry = version::entry(1);
        assert_eq!(entry.get().await.unwrap(), Some(1));
        entry.invalidate().await.unwrap();
        assert_eq!(entry.get().await.unwrap(), None);
    }

    async fn hits_in_the_process_are_counted_apart(world) {
        let db = Database::at(1);
        kept(async || version(&db, 1).await, 1).await;
        let before = world.cache.stats();
        let mut outcomes = Vec::new();
        for _ in 0..100 {
            outcomes.push(observe(version(&db, 1)).await.1);
        }
        let local = outcomes.iter().filter(|it| **it == Outcome::LocalHit).count() as u64;
        let after = world.cache.stats();
        assert_eq!(after.total.local_hits - before.total.local_hits, local);
        assert_eq!(after.total.hits - before.total.hits, 100 - local);
        let (_, of_version) = after.functions.iter().find(|(name, _)| name.ends_with("::version")).unwrap();
        assert_eq!(of_version.local_hits, after.total.local_hits);
        assert_eq!(after.total.misses, 1);
    }
}

#[tokio::test]
async fn a_disabled_cache_keeps_nothing() {
    let db = Database::at(1);
    let calls = async {
        for new in 2..5 {
            assert_eq!(observe(version(&db, 1)).await, (new - 1, Outcome::Bypass));
            db.set(new);
        }
    };
    Cache::disabled().scope(calls).await;
}
