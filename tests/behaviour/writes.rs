//! Functions that write: what becomes of the entries that they are about.

use std::sync::Arc;
use std::time::Duration;

use cached_runtime::{Outcome, cache_invalidate, cache_put, observe, only_cached, redis_cache};
use support::eventually;
use tokio::task::JoinHandle;

use crate::on_every_store;
use crate::world::{Database, World};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

#[redis_cache(ttl = 3600, skip(db), wait = "20ms")]
async fn version(db: &Database, id: u32) -> u32 {
    let _ = id;
    db.read().await
}

#[redis_cache(ttl = 3600, skip(db), wait = "20ms", tags = ["all", "id:{id}", "v:{result}"])]
async fn tagged(db: &Database, id: u32) -> u32 {
    let _ = id;
    db.read().await
}

#[redis_cache(ttl = 3600, skip(db), flight = "off")]
async fn off(db: &Database) -> u32 {
    db.read().await
}

#[redis_cache(ttl = 3600, skip(db), flight = "process")]
async fn of_process(db: &Database) -> u32 {
    db.read().await
}

#[cache_put(off(), of_process())]
async fn put_all(db: &Database, new: u32) -> u32 {
    db.read().await;
    db.set(new);
    new
}

/// Writes, and is held after that if it is the first since the database was told to hold.
#[cache_invalidate(version(id), tagged(id))]
async fn write(db: &Database, id: u32, new: u32) -> Result<u32, String> {
    db.set(new);
    if db.read().await == 0 { Err("zero".to_owned()) } else { Ok(new) }
}

#[cache_put(version(id), tagged(id))]
async fn put(db: &Database, id: u32, new: u32) -> Result<u32, String> {
    db.set(new);
    db.read().await;
    if new == 0 { Err("zero".to_owned()) } else { Ok(new) }
}

#[cache_put(version(first), version(second))]
async fn put_both(db: &Database, first: u32, second: u32, new: u32) -> u32 {
    db.set(new);
    new
}

/// As [`put`], and what is held has not yet written.
#[cache_put(version(id), tagged(id))]
async fn put_late(db: &Database, id: u32, new: u32) -> u32 {
    db.read().await;
    db.set(new);
    new
}

#[cache_invalidate(tags = ["id:{id}"])]
async fn write_under_tag(db: &Database, id: u32, new: u32) {
    db.set(new);
    db.read().await;
}

#[cache_invalidate(tags = ["v:{result}"])]
async fn write_what_comes_back(db: &Database, new: u32) -> u32 {
    db.set(new);
    new - 1
}

#[cache_invalidate(version(id), tagged(id), lease = "300ms")]
async fn write_and_die(db: &Database, id: u32, new: u32) {
    db.set(new);
    db.read().await;
}

/// Reads, writes, and reads again: what it is about itself, and by way of another that writes.
#[cache_put(version(id), tagged(id))]
async fn increment(db: &Database, id: u32) -> u32 {
    #[cache_invalidate(version(id + 1))]
    async fn within(db: &Database, id: u32) -> [(u32, Outcome); 3] {
        [
            observe(version(db, id)).await,
            observe(tagged(db, id)).await,
            observe(version(db, id + 1)).await,
        ]
    }
    let before = db.read().await;
    assert_eq!(within(db, id).await, [(before, Outcome::Bypass); 3]);
    db.set(before + 1);
    assert_eq!(observe(version(db, id)).await, (before + 1, Outcome::Bypass));
    assert_eq!(only_cached(version(db, id)).await, None);
    before + 1
}

#[cache_invalidate(version(id), tagged(id))]
async fn panics(id: u32) {
    assert_eq!(id, 0, "as it should");
}

/// Fills the entries of `id`, which hold `value` then.
async fn fill(db: &Database, id: u32, value: u32) {
    db.set(value);
    for _ in 0..2 {
        assert_eq!((version(db, id).await, tagged(db, id).await), (value, value));
    }
    assert_eq!(observe(version(db, id)).await, (value, Outcome::Hit));
    assert_eq!(observe(tagged(db, id)).await, (value, Outcome::Hit));
}

/// A call that is no more between the database's commit and its end, as in a process that was killed: neither polled nor
/// dropped.
async fn dies_after_its_write(db: &Database, call: impl Future<Output = ()>) {
    let gate = db.hold();
    let mut call = Box::pin(call);
    tokio::select! {
        () = &mut call => panic!("it is held"),
        () = gate.entered() => {}
    }
    std::mem::forget(call);
}

/// Waits until both entries are hits again, and never anything but `value`.
async fn settles(db: &Database, id: u32, value: u32) {
    eventually(PATIENCE, || async {
        let (first, one) = observe(version(db, id)).await;
        let (second, other) = observe(tagged(db, id)).await;
        assert_eq!((first, second), (value, value));
        one == Outcome::Hit && other == Outcome::Hit
    })
    .await;
}

fn spawn<F, Fut>(world: &World, db: &Arc<Database>, call: F) -> JoinHandle<Fut::Output>
where
    F: FnOnce(Arc<Database>) -> Fut,
    Fut: Future<Output: Send> + Send + 'static,
{
    world.spawn(call(Arc::clone(db)))
}

on_every_store! {
    async fn what_a_function_writes_is_read(_world) {
        let db = Database::at(1);
        fill(&db, 1, 1).await;
        fill(&db, 2, 1).await;
        write(&db, 1, 2).await.unwrap();
        assert_eq!(observe(version(&db, 1)).await, (2, Outcome::Miss));
        assert_eq!(observe(tagged(&db, 1)).await, (2, Outcome::Miss));
        assert_eq!(observe(version(&db, 2)).await, (1, Outcome::Hit));
        put(&db, 1, 3).await.unwrap();
        assert_eq!(observe(version(&db, 1)).await, (3, Outcome::Hit));
        assert_eq!(observe(tagged(&db, 1)).await, (3, Outcome::Hit));
        assert!(version::entry(1).ttl().await.unwrap().unwrap() > Duration::from_secs(3000));
    }

    async fn two_calls_of_one_entry_are_one_write(_world) {
        let db = Database::at(1);
        put_both(&db, 1, 1, 2).await;
        assert_eq!(observe(version(&db, 1)).await, (2, Outcome::Hit));
        put_both(&db, 1, 2, 3).await;
        assert_eq!(observe(version(&db, 1)).await, (3, Outcome::Hit));
        assert_eq!(observe(version(&db, 2)).await, (3, Outcome::Hit));
    }

    async fn a_put_value_has_its_tags(world) {
        let db = Database::at(1);
        for tag in ["all", "id:1", "v:3"] {
            put(&db, 1, 3).await.unwrap();
            assert_eq!(observe(tagged(&db, 1)).await, (3, Outcome::Hit), "{tag}");
            world.cache.invalidate_tag(tag).await.unwrap();
            assert_eq!(observe(tagged(&db, 1)).await, (3, Outcome::Miss), "{tag}");
        }
    }

    /// To wait for its own end would be to wait in vain; and it may read what is not committed.
    async fn a_function_that_reads_what_it_writes(_world) {
        let db = Database::at(1);
        fill(&db, 1, 1).await;
        fill(&db, 3, 1).await;
        assert_eq!(increment(&db, 1).await, 2);
        assert_eq!(observe(version(&db, 1)).await, (2, Outcome::Hit));
        assert_eq!(observe(tagged(&db, 1)).await, (2, Outcome::Hit));
        assert_eq!(observe(version(&db, 3)).await, (1, Outcome::Hit));
    }

    async fn an_error_stores_nothing(_world) {
        let db = Database::at(1);
        fill(&db, 1, 1).await;
        put(&db, 1, 0).await.unwrap_err();
        settles(&db, 1, 0).await;
        fill(&db, 1, 0).await;
        write(&db, 1, 0).await.unwrap_err();
        settles(&db, 1, 0).await;
    }

    async fn a_panic_takes_the_intent_back(world) {
        let db = Arc::new(Database::at(1));
        fill(&db, 1, 1).await;
        assert!(world.spawn(panics(1)).await.unwrap_err().is_panic());
        db.set(2);
        settles(&db, 1, 2).await;
    }

    async fn a_cancelled_write_takes_the_intent_back(world) {
        let db = Arc::new(Database::at(1));
        fill(&db, 1, 1).await;
        let gate = db.hold();
        let writer = spawn(&world, &db, |db| async move { put(&db, 1, 2).await });
        gate.entered().await;
        writer.abort();
        assert!(writer.await.unwrap_err().is_cancelled());
        settles(&db, 1, 2).await;
    }

    /// While a function writes, what is read is the database's, and is not stored.
    async fn nothing_is_stored_while_a_function_writes(world) {
        let db = Arc::new(Database::at(1));
        fill(&db, 1, 1).await;
        let gate = db.hold();
        let writer = spawn(&world, &db, |db| async move { write(&db, 1, 2).await });
        gate.entered().await;
        for _ in 0..2 {
            assert_eq!(observe(version(&db, 1)).await, (2, Outcome::Miss));
            assert_eq!(observe(tagged(&db, 1)).await, (2, Outcome::Miss));
            assert_eq!(version::entry(1).get().await.unwrap(), None);
        }
        gate.open();
        writer.await.unwrap().unwrap();
        assert_eq!(observe(version(&db, 1)).await, (2, Outcome::Miss));
        assert_eq!(observe(version(&db, 1)).await, (2, Outcome::Hit));
    }

    async fn a_fill_that_takes_no_lease_leaves_an_intent_alone(world) {
        let db = Arc::new(Database::at(1));
        let gate = db.hold();
        let writer = spawn(&world, &db, |db| async move { put_all(&db, 2).await });
        gate.entered().await;
        for _ in 0..2 {
            assert_eq!(observe(off(&db)).await, (1, Outcome::Miss));
            assert_eq!(observe(of_process(&db)).await, (1, Outcome::Miss));
        }
        gate.open();
        assert_eq!(writer.await.unwrap(), 2);
        assert_eq!(observe(off(&db)).await, (2, Outcome::Hit));
        assert_eq!(observe(of_process(&db)).await, (2, Outcome::Hit));
    }

    async fn a_fill_under_way_is_not_stored(world) {
        let db = Arc::new(Database::at(1));
        let gate = db.hold();
        let early = spawn(&world, &db, |db| async move { version(&db, 1).await });
        gate.entered().await;
        write(&db, 1, 2).await.unwrap();
        gate.open();
        assert_eq!(early.await.unwrap(), 1);
        assert_eq!(observe(version(&db, 1)).await, (2, Outcome::Miss));
        // The same with a value in its place.
        write(&db, 1, 3).await.unwrap();
        let gate = db.hold();
        let early = spawn(&world, &db, |db| async move { version(&db, 1).await });
        gate.entered().await;
        put(&db, 1, 4).await.unwrap();
        gate.open();
        assert_eq!(early.await.unwrap(), 3);
        assert_eq!(observe(version(&db, 1)).await, (4, Outcome::Hit));
    }

    async fn a_delete_while_a_fill_is_under_way(world) {
        let db = Arc::new(Database::at(1));
        for by in ["entry", "store"] {
            db.set(1);
            let gate = db.hold();
            let early = spawn(&world, &db, |db| async move { version(&db, 1).await });
            gate.entered().await;
            db.set(2);
            match (by, &world.server) {
                ("store", Some(server)) => {
                    server.command(&["DEL", version::entry(1).key()]).await;
                }
                _ => version::entry(1).invalidate().await.unwrap(),
            }
            // It began after the deletion, and may not have what was read before.
            let late = spawn(&world, &db, |db| async move { version(&db, 1).await });
            gate.open();
            assert_eq!((early.await.unwrap(), late.await.unwrap()), (1, 2), "{by}");
            assert_eq!(version(&db, 1).await, 2, "{by}");
            version::entry(1).invalidate().await.unwrap();
        }
    }

    /// The first to write is the last to end.
    async fn two_writers_whose_database_order_and_cache_order_differ(world) {
        let db = Arc::new(Database::at(1));
        fill(&db, 1, 1).await;
        let gate = db.hold();
        let slow = spawn(&world, &db, |db| async move { put(&db, 1, 2).await });
        gate.entered().await;
        put(&db, 1, 3).await.unwrap();
        assert_eq!(version(&db, 1).await, 3);
        gate.open();
        slow.await.unwrap().unwrap();
        assert_eq!(version::entry(1).get().await.unwrap(), None, "nobody's value");
        assert_eq!(tagged::entry(1).get().await.unwrap(), None, "nobody's value");
        settles(&db, 1, 3).await;
    }

    /// The first to begin is the last to write.
    async fn a_writer_that_is_overtaken_before_it_writes(world) {
        let db = Arc::new(Database::at(1));
        let gate = db.hold();
        let slow = spawn(&world, &db, |db| async move { put_late(&db, 1, 2).await });
        gate.entered().await;
        put(&db, 1, 3).await.unwrap();
        assert_eq!(version::entry(1).get().await.unwrap(), None, "the other one still writes");
        assert_eq!(version(&db, 1).await, 3);
        gate.open();
        assert_eq!(slow.await.unwrap(), 2);
        settles(&db, 1, 2).await;
    }

    /// A writer whose intent was taken away does not know what has happened since.
    async fn an_invalidation_while_a_function_puts(world) {
        let db = Arc::new(Database::at(1));
        let gate = db.hold();
        let slow = spawn(&world, &db, |db| async move { put(&db, 1, 2).await });
        gate.entered().await;
        version::entry(1).invalidate().await.unwrap();
        world.cache.invalidate_tag("v:2").await.unwrap();
        assert_eq!(version(&db, 1).await, 2);
        db.set(3);
        gate.open();
        slow.await.unwrap().unwrap();
        settles(&db, 1, 3).await;
    }

    async fn tags_that_are_written(world) {
        let db = Arc::new(Database::at(1));
        fill(&db, 1, 1).await;
        fill(&db, 2, 1).await;
        let gate = db.hold();
        let writer = spawn(&world, &db, |db| async move { write_under_tag(&db, 1, 2).await });
        gate.entered().await;
        for _ in 0..2 {
            assert_eq!(observe(tagged(&db, 1)).await, (2, Outcome::Miss));
        }
        gate.open();
        writer.await.unwrap();
        assert_eq!(observe(tagged(&db, 1)).await, (2, Outcome::Miss));
        assert_eq!(observe(tagged(&db, 1)).await, (2, Outcome::Hit));
        assert_eq!(observe(tagged(&db, 2)).await, (1, Outcome::Hit));
        assert_eq!(write_what_comes_back(&db, 3).await, 2);
        assert_eq!(observe(tagged(&db, 1)).await, (3, Outcome::Miss));
        assert_eq!(observe(tagged(&db, 2)).await, (1, Outcome::Hit));
    }

    /// A fill that names the tag in the end began before the write, and ends after it.
    async fn a_tag_of_the_result_that_is_written_meanwhile(world) {
        let db = Arc::new(Database::at(1));
        let gate = db.hold();
        let early = spawn(&world, &db, |db| async move { tagged(&db, 1).await });
        gate.entered().await;
        assert_eq!(write_what_comes_back(&db, 2).await, 1);
        gate.open();
        assert_eq!(early.await.unwrap(), 1);
        assert_eq!(observe(tagged(&db, 1)).await, (2, Outcome::Miss));
    }

    async fn a_crash_leaves_nothing_stale(_world) {
        let db = Arc::new(Database::at(1));
        fill(&db, 1, 1).await;
        let held = Arc::clone(&db);
        dies_after_its_write(&db, async move { write_and_die(&held, 1, 2).await }).await;
        settles(&db, 1, 2).await;
    }

    async fn a_crash_leaves_nothing_stale_under_a_tag(world) {
        let db = Arc::new(Database::at(1));
        fill(&db, 1, 1).await;
        let held = Arc::clone(&db);
        dies_after_its_write(&db, async move { write_under_tag(&held, 1, 2).await }).await;
        for _ in 0..3 {
            assert_eq!(observe(tagged(&db, 1)).await, (2, Outcome::Miss));
            // It does not take the writer's intent away.
            world.cache.invalidate_tag("id:1").await.unwrap();
        }
    }
}
