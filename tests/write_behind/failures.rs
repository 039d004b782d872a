//! The function fails, for one record or for all, and panics.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cached_runtime::Batch;
use support::eventually;

use crate::world::{Database, PATIENCE, World, flush, soon};

const POISON: u64 = 250;

/// One of 500 in one batch: all others get through, soon, and those of its key after it.
#[tokio::test]
async fn a_poison_record_neither_holds_nor_loses_others() {
    let world = World::new("poison").await;
    let minute = Duration::from_secs(60);
    let queue = world.builder().shards(1).backoff(minute, minute).build().unwrap();
    let database = Database::new();
    database.refuse(|value| value == POISON);
    for value in 0..500 {
        queue.push(&format!("key:{}", value % 10), &value).await.unwrap();
    }
    let worker = database.worker(&queue);
    // `key:0` waits, and nothing else does.
    let all_but_one = || async {
        let rows = database.by_key();
        let found = rows.iter().filter(|(_, values)| values.len() == 50).count();
        if found == 9 { Ok(rows) } else { Err(format!("{found} keys are through")) }
    };
    let rows = eventually(PATIENCE, all_but_one).await;
    assert_eq!(rows["key:0"], (0..POISON).step_by(10).collect::<Vec<_>>());
    assert_eq!(queue.backlog().await.unwrap(), 25);
    let batches = database.batches();
    eprintln!("500 records, one of them poison: batches of {batches:?}");
    assert!(batches.len() < 30, "{batches:?}");
    worker.stop().await;

    let queue = world.builder().shards(1).build().unwrap();
    let _worker = database.worker(&queue);
    flush(&queue).await;
    let rows = database.by_key();
    let all = (0..500).step_by(10).filter(|&value| value != POISON).collect::<Vec<_>>();
    assert_eq!(rows["key:0"], all, "in order, and without it");
    let letters = queue.dead_letters(10).await.unwrap();
    assert_eq!(letters.len(), 1, "{letters:?}");
    let letter = &letters[0];
    assert_eq!((letter.key(), letter.record().unwrap()), ("key:0", POISON));
    assert_eq!((letter.attempts(), letter.error()), (3, "250 is refused"));
}

#[tokio::test]
async fn a_panic_is_a_failure() {
    let world = World::new("panics").await;
    let queue = world.queue();
    let database = Database::new();
    let _worker = queue.work({
        let database = database.clone();
        move |batch: Batch<u64>| {
            assert!(batch.iter().all(|record| record.value != 2), "two");
            let database = database.clone();
            async move { database.write(batch).await }
        }
    });
    for value in 1..=3 {
        queue.push("key", &value).await.unwrap();
    }
    flush(&queue).await;
    assert_eq!(database.of("key"), [1, 3]);
    let letters = queue.dead_letters(10).await.unwrap();
    assert_eq!(letters[0].error(), "the function panicked: two");
}

/// What fails once passes the second time, in its order.
#[tokio::test]
async fn what_fails_is_tried_again() {
    let world = World::new("again").await;
    let (queue, database) = (world.queue(), Database::new());
    let has_failed = AtomicBool::new(false);
    database.refuse(move |value| value == 5 && !has_failed.swap(true, Ordering::SeqCst));
    for value in 0..10 {
        queue.push("key", &value).await.unwrap();
    }
    let _worker = database.worker(&queue);
    flush(&queue).await;
    assert_eq!(database.of("key"), (0..10).collect::<Vec<_>>());
    assert!(queue.dead_letters(1).await.unwrap().is_empty());
}

/// While nothing passes, a shard tries a few records and leaves the others alone. So an outage of the database makes
/// dead letters of those few at most.
#[tokio::test]
async fn the_database_is_away() {
    let world = World::new("away").await;
    let ms = Duration::from_millis;
    let queue = world.builder().shards(1).backoff(ms(20), ms(50)).max_attempts(1000);
    let queue = queue.build().unwrap();
    let (database, is_away) = (Database::new(), Arc::new(AtomicBool::new(true)));
    database.refuse({
        let is_away = Arc::clone(&is_away);
        move |_| is_away.load(Ordering::SeqCst)
    });
    for value in 0..400 {
        queue.push(&format!("key:{}", value % 20), &value).await.unwrap();
    }
    let _worker = database.worker(&queue);
    eventually(PATIENCE, || async { database.batches().len() > 50 }).await;
    let tries = world.server.command(&["HLEN", &world.key(":0:tries")]).await.text();
    assert_eq!(tries, "3", "records that were tried by themselves");
    is_away.store(false, Ordering::SeqCst);
    flush(&queue).await;
    for (key, values) in database.by_key() {
        let first = values[0];
        assert_eq!(values, (first..400).step_by(20).collect::<Vec<_>>(), "{key}");
    }
    assert_eq!(database.by_key().len(), 20);
    assert!(queue.dead_letters(1).await.unwrap().is_empty());
    let tries = world.server.command(&["EXISTS", &world.key(":0:tries")]).await.text();
    assert_eq!(tries, "0", "what is through leaves nothing");
}

/// A new worker goes on counting where the last one stopped.
#[tokio::test]
async fn attempts_outlive_the_worker() {
    let world = World::new("attempts").await;
    let (minute, database) = (Duration::from_secs(60), Database::new());
    let queue = world.builder().backoff(minute, minute).build().unwrap();
    database.refuse(|_| true);
    queue.push("key", &1).await.unwrap();
    for attempt in 1..=3 {
        let worker = database.worker(&queue);
        let tried = || async { database.batches().len() == attempt };
        eventually(PATIENCE, tried).await;
        worker.stop().await;
    }
    assert_eq!(database.batches(), [1, 1, 1]);
    let letters = queue.dead_letters(10).await.unwrap();
    assert_eq!((letters.len(), letters[0].attempts()), (1, 3));
    assert_eq!(queue.backlog().await.unwrap(), 0);
}

/// A time without an end is a very long one.
#[tokio::test]
async fn no_time_is_too_long() {
    let world = World::new("longest").await;
    let max = Duration::MAX;
    let queue = world.builder().lease(max).wait(max).backoff(max, max).build().unwrap();
    let database = Database::new();
    database.refuse(|value| value == 1);
    let worker = database.worker(&queue);
    for value in 1..=2 {
        queue.push(&format!("key:{value}"), &value).await.unwrap();
    }
    eventually(PATIENCE, || async { !database.of("key:2").is_empty() }).await;
    soon("the stop", worker.stop()).await;
    assert_eq!(queue.backlog().await.unwrap(), 1);
}

/// Those that wait are in memory, so there is an end to them. What is behind goes on when they do.
#[tokio::test]
async fn four_batches_may_wait_for_one_record() {
    let world = World::new("four").await;
    let queue = world.builder().shards(1).batch(10).build().unwrap();
    let database = Database::new();
    database.refuse(|value| value == 0);
    for value in 0..100 {
        queue.push("hot", &value).await.unwrap();
    }
    queue.push("other", &100).await.unwrap();
    let _worker = database.worker(&queue);
    flush(&queue).await;
    assert_eq!(database.of("hot"), (1..100).collect::<Vec<_>>());
    assert_eq!(database.of("other"), [100]);
    assert_eq!(queue.dead_letters(2).await.unwrap().len(), 1);
}
