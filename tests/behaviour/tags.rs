//! Groups of entries, invalidated by one name.

use std::sync::Arc;
use std::time::Duration;

use cached_runtime::{Outcome, observe, redis_cache, refresh};

use crate::on_every_store;
use crate::world::{Database, World, gone};

#[redis_cache(ttl = 3600, skip(db), tags = ["users", "user:{id}"])]
async fn name(db: &Database, id: u32) -> u32 {
    db.read().await + id
}

#[redis_cache(ttl = 3600, skip(db), tags = ["user:{id}"])]
async fn friends(db: &Database, id: u32) -> u32 {
    db.read().await + 2 * id
}

/// A tag that only the result knows: that of the version's parity, say.
#[redis_cache(ttl = 3600, skip(db), tags = ["all", "odd:{result % 2}"])]
async fn parity(db: &Database, id: u32) -> u32 {
    let _ = id;
    db.read().await
}

#[redis_cache(ttl = 3600, skip(db), flight = "process", tags = ["users"])]
async fn of_process(db: &Database) -> u32 {
    db.read().await
}

#[redis_cache(ttl = 3600, skip(db), flight = "off", tags = ["users", "v:{result}"])]
async fn off(db: &Database) -> u32 {
    db.read().await
}

#[redis_cache(ttl = "100ms", skip(db), tags = ["users"])]
async fn short(db: &Database) -> u32 {
    db.read().await
}

#[redis_cache(ttl = "2s", skip(db), sliding, tags = ["users"])]
async fn sliding(db: &Database) -> u32 {
    db.read().await
}

#[redis_cache(ttl = |_| Duration::from_secs(60), stale_if_error = 60, skip(db), tags = ["users"])]
async fn fallible(db: &Database) -> Result<u32, String> {
    match db.read().await {
        0 => Err("none".to_owned()),
        version => Ok(version),
    }
}

#[redis_cache(ttl = 3600, skip(db))]
async fn untagged(db: &Database) -> u32 {
    db.read().await
}

#[redis_cache(ttl = 3600, tags = ["user:{id}"])]
async fn of_text(id: &str) -> String {
    id.to_owned()
}

/// Calls, and expects this value and outcome.
macro_rules! expect {
    ($call:expr, $value:expr, $outcome:ident) => {
        assert_eq!(observe($call).await, ($value, Outcome::$outcome))
    };
}

on_every_store! {
    async fn one_tag_of_several_invalidates(world) {
        let db = Database::at(10);
        expect!(name(&db, 1), 11, Miss);
        expect!(name(&db, 2), 12, Miss);
        expect!(friends(&db, 1), 12, Miss);
        expect!(name(&db, 1), 11, Hit);
        db.set(20);
        world.cache.invalidate_tag("user:1").await.unwrap();
        expect!(name(&db, 1), 21, Miss);
        expect!(friends(&db, 1), 22, Miss);
        expect!(name(&db, 2), 12, Hit);
        world.cache.invalidate_tags(["users", "user:9"]).await.unwrap();
        expect!(name(&db, 2), 22, Miss);
        expect!(name(&db, 1), 21, Miss);
        expect!(friends(&db, 1), 22, Hit);
        expect!(name(&db, 2), 22, Hit);
    }

    /// A script of Redis takes some thousands of names.
    async fn more_tags_than_one_step_takes(world) {
        let db = Database::at(10);
        let last = 20_000;
        expect!(name(&db, last), 20_010, Miss);
        let tags = (0..=last).map(|id| format!("user:{id}"));
        world.cache.invalidate_tags(tags).await.unwrap();
        expect!(name(&db, last), 20_010, Miss);
        expect!(name(&db, last), 20_010, Hit);
    }

    async fn an_invalidation_of_nothing_is_fine(world) {
        world.cache.invalidate_tag("nobody").await.unwrap();
        world.cache.invalidate_tags::<&str>([]).await.unwrap();
        let error = world.cache.invalidate_tag("").await.unwrap_err();
        assert!(error.is_setting() && error.to_string().contains("`tag`"), "{error}");
    }

    async fn tags_of_the_result(world) {
        let db = Database::at(3);
        expect!(parity(&db, 1), 3, Miss);
        expect!(parity(&db, 1), 3, Hit);
        world.cache.invalidate_tag("odd:0").await.unwrap();
        expect!(parity(&db, 1), 3, Hit);
        db.set(4);
        world.cache.invalidate_tag("odd:1").await.unwrap();
        expect!(parity(&db, 1), 4, Miss);
        expect!(parity(&db, 1), 4, Hit);
        world.cache.invalidate_tag("all").await.unwrap();
        expect!(parity(&db, 1), 4, Miss);
        assert_eq!(parity::entry(1).get().await.unwrap(), Some(4));
        world.cache.invalidate_tag("odd:0").await.unwrap();
        assert_eq!(parity::entry(1).get().await.unwrap(), None);
        assert_eq!(parity::entry(1).ttl().await.unwrap(), None);
    }

    async fn every_kind_of_flight_heeds_tags(world) {
        let db = Database::at(1);
        expect!(of_process(&db), 1, Miss);
        expect!(of_process(&db), 1, Hit);
        expect!(off(&db), 1, Miss);
        expect!(off(&db), 1, Hit);
        db.set(2);
        world.cache.invalidate_tag("users").await.unwrap();
        expect!(of_process(&db), 2, Miss);
        expect!(off(&db), 2, Miss);
        world.cache.invalidate_tag("v:2").await.unwrap();
        expect!(off(&db), 2, Miss);
        expect!(off(&db), 2, Hit);
    }

    async fn what_a_tag_invalidates_is_no_stale_value_either(world) {
        let db = Database::at(1);
        expect!(fallible(&db), Ok(1), Miss);
        world.cache.invalidate_tag("users").await.unwrap();
        db.set(0);
        expect!(fallible(&db), Err("none".to_owned()), Miss);
    }

    async fn a_refreshed_and_a_put_value_have_their_tags(world) {
        let db = Database::at(1);
        expect!(name(&db, 0), 1, Miss);
        db.set(2);
        assert_eq!(refresh(name(&db, 0)).await, 2);
        expect!(name(&db, 0), 2, Hit);
        world.cache.invalidate_tag("user:0").await.unwrap();
        name::entry(0).put(&7).await.unwrap();
        expect!(name(&db, 0), 7, Hit);
        assert!(name::entry(0).ttl().await.unwrap().is_some());
        world.cache.invalidate_tag("users").await.unwrap();
        assert_eq!(name::entry(0).get().await.unwrap(), None);
        parity::entry(0).put(&5).await.unwrap();
        expect!(parity(&db, 0), 5, Hit);
        world.cache.invalidate_tag("odd:1").await.unwrap();
        expect!(parity(&db, 0), 2, Miss);
    }

    async fn a_hostile_value_names_its_own_tag(world) {
        for id in ["1:admin", "a b", "{1}", "%3A", "é\n"] {
            expect!(of_text(id), id.to_owned(), Miss);
            expect!(of_text(id), id.to_owned(), Hit);
            world.cache.invalidate_tag(&format!("user:{id}")).await.unwrap();
            expect!(of_text(id), id.to_owned(), Miss);
        }
    }

    /// A value that began before must not be stored as one that counts, and who comes after must not be handed it.
    async fn a_tag_invalidated_while_a_fill_is_under_way(world) {
        let db = Arc::new(Database::at(1));
        let gate = db.hold();
        let early = world.spawn({
            let db = Arc::clone(&db);
            async move { name(&db, 0).await }
        });
        let follower = {
            gate.entered().await;
            world.spawn({
                let db = Arc::clone(&db);
                async move { name(&db, 0).await }
            })
        };
        db.set(2);
        world.cache.invalidate_tag("users").await.unwrap();
        // It may not follow the fill, whose body has read the old version.
        let late = world.spawn({
            let db = Arc::clone(&db);
            async move { name(&db, 0).await }
        });
        tokio::task::yield_now().await;
        gate.open();
        assert_eq!(early.await.unwrap(), 1);
        assert!([1, 2].contains(&follower.await.unwrap()), "it began before");
        assert_eq!(late.await.unwrap(), 2);
        assert_eq!(name(&db, 0).await, 2);
    }

    async fn a_tag_of_the_result_invalidated_while_a_fill_is_under_way(world) {
        let db = Arc::new(Database::at(1));
        let gate = db.hold();
        let early = world.spawn({
            let db = Arc::clone(&db);
            async move { parity(&db, 0).await }
        });
        gate.entered().await;
        db.set(2);
        world.cache.invalidate_tag("odd:1").await.unwrap();
        gate.open();
        assert_eq!(early.await.unwrap(), 1);
        expect!(parity(&db, 0), 2, Miss);
        expect!(parity(&db, 0), 2, Hit);
    }

    async fn a_short_lived_entry_does_not_shorten_its_tags_life(world) {
        let db = Database::at(1);
        expect!(name(&db, 0), 1, Miss);
        expect!(short(&db), 1, Miss);
        gone(&short::entry()).await;
        expect!(name(&db, 0), 1, Hit);
        world.cache.invalidate_tag("users").await.unwrap();
        expect!(short(&db), 1, Miss);
        expect!(name(&db, 0), 1, Miss);
        gone(&short::entry()).await;
        expect!(name(&db, 0), 1, Hit);
    }

    async fn a_sliding_entry_takes_its_tags_along(world) {
        let db = Database::at(1);
        expect!(sliding(&db), 1, Miss);
        for _ in 0..8 {
            tokio::time::sleep(Duration::from_millis(300)).await;
            expect!(sliding(&db), 1, Hit);
        }
        world.cache.invalidate_tag("users").await.unwrap();
        expect!(sliding(&db), 1, Miss);
    }
}

/// As a release with other tags would leave them.
#[tokio::test]
async fn functions_that_gain_or_lose_tags_do_not_read_the_values_of_before() {
    let world = World::on_redis("gain_or_lose_tags").await;
    let server = Arc::clone(world.server.as_ref().unwrap());
    world
        .cache
        .scope(async {
            let db = Database::at(1);
            expect!(untagged(&db), 1, Miss);
            server.command(&["SET", name::entry(0).key(), "7"]).await;
            expect!(name(&db, 0), 1, Miss);
            expect!(name(&db, 0), 1, Hit);
            let (of_name, of_untagged) = (name::entry(0), untagged::entry());
            server.command(&["COPY", of_name.key(), of_untagged.key(), "REPLACE"]).await;
            expect!(untagged(&db), 1, Miss);
            // One tag less, or more.
            server.command(&["COPY", of_name.key(), friends::entry(0).key(), "REPLACE"]).await;
            expect!(friends(&db, 0), 1, Miss);
            expect!(friends(&db, 0), 1, Hit);
        })
        .await;
}

/// Redis may drop any key when it is full.
#[tokio::test]
async fn a_tag_key_evicted_by_redis() {
    let world = World::on_redis("a_tag_key_evicted").await;
    let server = Arc::clone(world.server.as_ref().unwrap());
    world
        .cache
        .scope(async {
            let db = Database::at(1);
            for evicted in ["%tag:users", "%tag:user:0", "%tag:odd:1", "%tags"] {
                name(&db, 0).await;
                parity(&db, 0).await;
                let key = format!("{}:{evicted}", world.namespace);
                server.command(&["DEL", &key]).await;
                // At most a miss, and then all is as before.
                name(&db, 0).await;
                parity(&db, 0).await;
                expect!(name(&db, 0), 1, Hit);
                expect!(parity(&db, 0), 1, Hit);
            }
        })
        .await;
}

#[tokio::test]
async fn a_tag_key_evicted_while_a_fill_is_under_way() {
    let world = World::on_redis("a_tag_key_evicted_meanwhile").await;
    let server = Arc::clone(world.server.as_ref().unwrap());
    let db = Arc::new(Database::at(1));
    for (evicted, tag) in [("%tag:odd:1", "odd:1"), ("%tags", "odd:1"), ("%tag:all", "all")] {
        db.set(1);
        let gate = db.hold();
        let early = world.spawn({
            let db = Arc::clone(&db);
            async move { parity(&db, 0).await }
        });
        gate.entered().await;
        db.set(2);
        world.cache.invalidate_tag(tag).await.unwrap();
        server.command(&["DEL", &format!("{}:{evicted}", world.namespace)]).await;
        gate.open();
        assert_eq!(early.await.unwrap(), 1);
        let late = world.cache.scope(parity(&db, 0)).await;
        assert_eq!(late, 2, "{evicted}");
        world.cache.invalidate_tag("all").await.unwrap();
    }
}
