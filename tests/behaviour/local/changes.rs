//! Own changes take effect before they return.

use std::sync::Arc;

use cached_runtime::{Cache, MemoryStore, cache_invalidate, cache_put, redis_cache, refresh};
use support::eventually;

use super::{PATIENCE, kept};
use crate::on_every_store;
use crate::world::{Database, World};

#[redis_cache(ttl = 3600, local = 3600, skip(db), prefix = "versions")]
async fn version(db: &Database, id: u32) -> u32 {
    let _ = id;
    db.read().await
}

#[redis_cache(ttl = 3600, local = 3600, skip(db), tags = ["all", "id:{id}", "v:{result}"])]
async fn tagged(db: &Database, id: u32) -> u32 {
    let _ = id;
    db.read().await
}

#[redis_cache(ttl = 3600, local = 3600, skip(db), flight = "off")]
async fn off(db: &Database, id: u32) -> u32 {
    let _ = id;
    db.read().await
}

#[redis_cache(ttl = 3600, local = 3600, skip(db), flight = "process", stale_if_error = 60)]
async fn of_process(db: &Database, id: u32) -> Result<u32, String> {
    let _ = id;
    Ok(db.read().await)
}

#[cache_invalidate(version(id), tagged(id), off(id), of_process(id))]
async fn write(db: &Database, id: u32, new: u32) {
    db.set(new);
}

#[cache_put(version(id), tagged(id), off(id), of_process(id))]
async fn put(db: &Database, id: u32, new: u32) -> u32 {
    db.set(new);
    new
}

#[cache_invalidate(tags = ["id:{id}"])]
async fn write_under_tag(db: &Database, id: u32, new: u32) {
    db.set(new);
}

#[cache_invalidate(tags = ["v:{result}"])]
async fn write_what_comes_back(db: &Database, new: u32) -> u32 {
    db.set(new);
    new - 1
}

async fn all(db: &Database, id: u32) -> [u32; 4] {
    let of_process = of_process(db, id).await.unwrap();
    [version(db, id).await, tagged(db, id).await, off(db, id).await, of_process]
}

/// Keeps a value, has it changed, and calls at once; some times, as each time another connection may be first.
async fn seen<const N: usize>(
    call: impl AsyncFn(&Database) -> [u32; N],
    change: impl AsyncFn(&Database, u32),
) {
    Cache::current().clear().await.unwrap();
    let db = Database::at(0);
    for new in 1..20 {
        kept(async || call(&db).await, [new - 1; N]).await;
        db.set(new);
        change(&db, new).await;
        assert_eq!(call(&db).await, [new; N]);
    }
}

async fn is_seen(change: impl AsyncFn(&Database, u32)) {
    seen(async |db| all(db, 7).await, change).await;
}

async fn is_seen_under_tags(change: impl AsyncFn(&Database, u32)) {
    seen(async |db| [tagged(db, 7).await], change).await;
}

on_every_store! {
    async fn an_invalidation(_world) {
        is_seen(async |_, _| {
            version::entry(7).invalidate().await.unwrap();
            tagged::entry(7).invalidate().await.unwrap();
            off::entry(7).invalidate().await.unwrap();
            of_process::entry(7).invalidate().await.unwrap();
        }).await;
    }

    async fn an_expiry(_world) {
        is_seen(async |_, _| {
            version::entry(7).expire().await.unwrap();
            tagged::entry(7).expire().await.unwrap();
            off::entry(7).expire().await.unwrap();
            of_process::entry(7).expire().await.unwrap();
        }).await;
    }

    async fn a_value_that_is_put(_world) {
        is_seen(async |_, new| {
            version::entry(7).put(&new).await.unwrap();
            tagged::entry(7).put(&new).await.unwrap();
            off::entry(7).put(&new).await.unwrap();
            of_process::entry(7).put(&new).await.unwrap();
        }).await;
    }

    async fn a_refresh(_world) {
        is_seen(async |db, new| assert_eq!(refresh(all(db, 7)).await, [new; 4])).await;
    }

    async fn clear(world) {
        is_seen(async |_, _| {
            world.cache.clear().await.unwrap();
        }).await;
    }

    async fn a_prefix(world) {
        seen(async |db| [version(db, 7).await], async |_, _| {
            assert_eq!(world.cache.invalidate_prefix("versions").await.unwrap(), 1);
        }).await;
    }

    async fn a_tag_of_an_argument(world) {
        is_seen_under_tags(async |_, _| world.cache.invalidate_tag("id:7").await.unwrap()).await;
    }

    async fn a_tag_of_many(world) {
        let tags = ["other", "all"];
        is_seen_under_tags(async |_, _| world.cache.invalidate_tags(tags).await.unwrap()).await;
    }

    async fn a_tag_of_the_value(world) {
        is_seen_under_tags(async |_, new| {
            world.cache.invalidate_tag(&format!("v:{}", new - 1)).await.unwrap();
        }).await;
    }

    async fn a_function_that_invalidates(_world) {
        is_seen(async |db, new| write(db, 7, new).await).await;
    }

    async fn a_function_that_puts(_world) {
        is_seen(async |db, new| assert_eq!(put(db, 7, new).await, new)).await;
    }

    async fn a_function_that_invalidates_tags(_world) {
        is_seen_under_tags(async |db, new| write_under_tag(db, 7, new).await).await;
        is_seen_under_tags(async |db, new| assert_eq!(write_what_comes_back(db, new).await, new - 1)).await;
    }

    async fn what_is_about_others_leaves_it_alone(world) {
        let db = Database::at(1);
        kept(async || all(&db, 7).await, [1; 4]).await;
        write(&db, 8, 2).await;
        version::entry(9).put(&3).await.unwrap();
        world.cache.invalidate_tags(["id:8", "v:3"]).await.unwrap();
        kept(async || all(&db, 7).await, [1; 4]).await;
        assert_eq!(all(&db, 8).await, [2; 4]);
    }

    async fn while_a_function_writes_nothing_is_kept_of_before(world) {
        #[cache_invalidate(version(id))]
        async fn write_slowly(db: &Database, id: u32, new: u32) {
            db.read().await;
            db.set(new);
        }
        let db = Arc::new(Database::at(1));
        kept(async || version(&db, 7).await, 1).await;
        let gate = db.hold();
        let writer = world.spawn({
            let db = Arc::clone(&db);
            async move { write_slowly(&db, 7, 2).await }
        });
        gate.entered().await;
        gate.open();
        writer.await.unwrap();
        assert_eq!(version(&db, 7).await, 2);
        kept(async || version(&db, 7).await, 2).await;
    }
}

/// As of another process, if it were as quick to tell.
#[tokio::test]
async fn another_cache_on_the_same_memory() {
    let store = Arc::new(MemoryStore::default());
    let cache = || Cache::builder().store(Arc::clone(&store)).build().unwrap();
    let (one, other) = (cache(), cache());
    one.scope(is_seen(async |db, new| other.scope(write(db, 7, new)).await)).await;
    one.scope(is_seen(async |db, new| assert_eq!(other.scope(put(db, 7, new)).await, new))).await;
    one.scope(is_seen(async |_, _| assert!(other.clear().await.unwrap() > 0))).await;
    one.scope(is_seen_under_tags(async |_, _| other.invalidate_tag("all").await.unwrap())).await;
    one.scope(is_seen_under_tags(async |_, new| {
        other.invalidate_tag(&format!("v:{}", new - 1)).await.unwrap();
    }))
    .await;
}

/// Another process sees a change as soon as Redis has told it, and keeps nothing old from then on.
#[tokio::test]
async fn another_cache_on_the_same_redis() {
    let world = World::on_redis(concat!(module_path!(), "::another_cache_on_the_same_redis")).await;
    let server = world.server.as_ref().expect("it is on Redis");
    let other = Cache::builder()
        .redis(server.url())
        .namespace(&world.namespace)
        .op_timeout(PATIENCE)
        .build()
        .unwrap();
    let db = Database::at(0);
    for new in 1..20 {
        world.cache.scope(kept(async || all(&db, 7).await, [new - 1; 4])).await;
        db.set(new);
        other.scope(write(&db, 7, new)).await;
        let settled = || world.cache.scope(async { all(&db, 7).await == [new; 4] });
        eventually(PATIENCE, settled).await;
    }
}
