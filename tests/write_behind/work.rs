//! What a worker does with records that give no trouble.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cached_runtime::{Batch, Cache};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::world::{Database, World, flush, soon};

#[tokio::test]
async fn records_arrive_in_order_per_key() {
    let world = World::new("order").await;
    let (queue, database) = (world.queue(), Database::new());
    let workers = [database.worker(&queue), database.worker(&queue)];
    let mut pushes = JoinSet::new();
    for key in 0..20 {
        let queue = queue.clone();
        pushes.spawn(async move {
            for value in 0..100 {
                queue.push(&format!("key:{key}"), &value).await.unwrap();
            }
        });
    }
    soon("the pushes", pushes.join_all()).await;
    flush(&queue).await;
    let rows = database.by_key();
    assert_eq!(rows.len(), 20);
    for (key, values) in rows {
        assert_eq!(values, (0..100).collect::<Vec<_>>(), "{key}");
    }
    assert_eq!(queue.backlog().await.unwrap(), 0);
    for worker in workers {
        worker.stop().await;
    }
}

/// The ids of a key's records rise, so that a function can tell what it has seen.
#[tokio::test]
async fn records_tell_where_they_come_from() {
    let world = World::new("ids").await;
    let queue = world.queue();
    for value in 0..10 {
        queue.push("key", &value).await.unwrap();
    }
    let (say, mut said) = tokio::sync::mpsc::unbounded_channel();
    let cache = world.cache.clone();
    let _worker = queue.work(move |batch: Batch<u64>| {
        let same = format!("{:?}", Cache::current()) == format!("{cache:?}");
        say.send((batch, same)).expect("the test waits");
        async { Ok::<(), String>(()) }
    });
    let mut seen = Vec::new();
    while seen.len() < 10 {
        let (batch, is_same_cache) = soon("a batch", said.recv()).await.expect("the worker runs");
        assert!(is_same_cache);
        seen.extend(batch);
    }
    assert!(seen.is_sorted_by(|one, next| one.id < next.id && one.value < next.value));
    assert!(seen.iter().all(|record| record.key == "key" && record.failures == 0));
}

/// What `flush` waits for: all that was pushed before, by whoever, and nothing that came later.
#[tokio::test]
async fn flush_waits_for_what_was_pushed_before() {
    let world = World::new("flush").await;
    let (queue, database) = (world.queue(), Database::new());
    flush(&queue).await; // an empty one is no trouble
    let elsewhere = crate::world::quick(world.other_cache().write_behind::<u64>("queue"));
    let elsewhere = elsewhere.build().unwrap();
    database.close();
    let _worker = database.worker(&elsewhere);
    for value in 0..50 {
        queue.push(&format!("key:{value}"), &value).await.unwrap();
    }
    let mut flushed = Box::pin(queue.flush());
    let early = timeout(Duration::from_millis(200), &mut flushed).await;
    assert!(early.is_err(), "the database has nothing yet");
    assert_eq!(database.by_key().len(), 0);
    database.open();
    soon("the flush", flushed).await.unwrap();
    assert_eq!(database.by_key().len(), 50);
}

#[tokio::test]
async fn ten_thousand_increments_become_a_handful_of_updates() {
    let world = World::new("merge").await;
    let queue = world.cache.write_behind::<u64>("views").batch(5_000).build().unwrap();
    let mut pushes = JoinSet::new();
    for _ in 0..100 {
        let queue = queue.clone();
        pushes.spawn(async move {
            for _ in 0..100 {
                queue.push("post:42", &1).await.unwrap();
            }
        });
    }
    soon("the pushes", pushes.join_all()).await;
    let (views, updates) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let _worker = queue.work({
        let (views, updates) = (Arc::clone(&views), Arc::clone(&updates));
        move |batch: Batch<u64>| {
            for (post, more) in batch.merge(|sum, one| *sum += one) {
                assert_eq!(post, "post:42");
                views.fetch_add(more, Ordering::SeqCst);
                updates.fetch_add(1, Ordering::SeqCst);
            }
            async { Ok::<(), String>(()) }
        }
    });
    flush(&queue).await;
    let updates = updates.load(Ordering::SeqCst);
    eprintln!("10,000 increments in {updates} updates");
    assert_eq!(views.load(Ordering::SeqCst), 10_000);
    assert_eq!(updates, 2);
}
