//! Several workers share the shards, and take over from one that is gone.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cached_runtime::{Batch, WriteBehind};
use support::eventually;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::world::{Database, PATIENCE, World, flush, quick, soon};

const LEASE: Duration = Duration::from_secs(1);

/// A worker that comes to no end, on a runtime of its own: when that is dropped, it is as if its process were killed.
struct Stuck {
    runtime: Runtime,
    /// The batches that it was given.
    given: UnboundedReceiver<Vec<u64>>,
    /// Whether its future was dropped.
    dropped: Arc<Mutex<bool>>,
}

struct OnDrop(Arc<Mutex<bool>>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        *self.0.lock().unwrap() = true;
    }
}

impl Stuck {
    fn start(world: &World) -> Self {
        let runtime = Runtime::new().unwrap();
        let (give, given) = unbounded_channel();
        let dropped = Arc::new(Mutex::new(false));
        let queue = queue(world, true);
        let _context = runtime.enter();
        let worker = queue.work({
            let dropped = Arc::clone(&dropped);
            move |batch: Batch<u64>| {
                give.send(batch.iter().map(|record| record.value).collect())
                    .expect("the test waits");
                let on_drop = OnDrop(Arc::clone(&dropped));
                async move {
                    let _on_drop = on_drop;
                    std::future::pending::<Result<(), String>>().await
                }
            }
        });
        std::mem::forget(worker);
        Self { runtime, given, dropped }
    }

    fn kill(self) {
        self.runtime.shutdown_background();
    }
}

fn queue(world: &World, is_elsewhere: bool) -> WriteBehind<u64> {
    let cache = if is_elsewhere { world.other_cache() } else { world.cache.clone() };
    quick(cache.write_behind("queue")).lease(LEASE).shards(4).build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_batch_of_a_dead_worker_comes_first() {
    let world = World::new("dead_worker").await;
    let queue = queue(&world, false);
    for value in 0..10 {
        queue.push("key", &value).await.unwrap();
    }
    let mut stuck = Stuck::start(&world);
    assert_eq!(soon("a batch", stuck.given.recv()).await.unwrap(), (0..10).collect::<Vec<_>>());
    for value in 10..20 {
        queue.push("key", &value).await.unwrap();
    }
    let killed = Instant::now();
    stuck.kill();
    let database = Database::new();
    let _worker = database.worker(&queue);
    flush(&queue).await;
    let took = killed.elapsed();
    eprintln!("taken over and through after {took:?} of a lease of {LEASE:?}");
    assert_eq!(database.of("key"), (0..20).collect::<Vec<_>>());
    assert!(took >= LEASE / 4 && took < LEASE * 10, "{took:?}");
}

/// One that brings down each process that is at it ends as a dead letter; its neighbours pass.
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_kills_is_found_out() {
    let world = World::new("killer").await;
    let queue = queue(&world, false);
    for value in 0..3 {
        queue.push("key", &value).await.unwrap();
    }
    // The first record is the killer. Two die of the batch, and then three of the record by itself.
    for batch in [&[0, 1, 2][..], &[0, 1, 2], &[0], &[0], &[0]] {
        let mut stuck = Stuck::start(&world);
        assert_eq!(soon("a batch", stuck.given.recv()).await.unwrap(), batch);
        stuck.kill();
    }
    let database = Database::new();
    let _worker = database.worker(&queue);
    flush(&queue).await;
    assert_eq!(database.of("key"), [1, 2]);
    let letters = queue.dead_letters(10).await.unwrap();
    assert_eq!((letters.len(), letters[0].record().unwrap(), letters[0].attempts()), (1, 0, 3));
    assert!(letters[0].error().contains("process ended"), "{letters:?}");
}

/// A worker whose lease is another's drops what it does, and acknowledges nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_has_lost_its_shard_lets_go() {
    let world = World::new("lost").await;
    let queue = queue(&world, false);
    queue.push("key", &1).await.unwrap();
    let mut stuck = Stuck::start(&world);
    soon("a batch", stuck.given.recv()).await.unwrap();
    for shard in 0..4 {
        let lease = world.key(&format!(":{shard}:lease"));
        world.server.command(&["SET", &lease, "another", "PX", "2000"]).await;
    }
    eventually(PATIENCE, || async { *stuck.dropped.lock().unwrap() }).await;
    assert_eq!(queue.backlog().await.unwrap(), 1);
    stuck.kill();
    let database = Database::new();
    let _worker = database.worker(&queue);
    flush(&queue).await;
    assert_eq!(database.of("key"), [1]);
}

/// A read whose reply the worker gave up may be executed when it has already looked through what was read before.
#[tokio::test]
async fn a_read_that_comes_late_loses_nothing() {
    let world = World::new("late_read").await;
    let (queue, database) = (world.builder().shards(1).build().unwrap(), Database::new());
    database.close();
    let _worker = database.worker(&queue);
    queue.push("key", &0).await.unwrap();
    eventually(PATIENCE, || async { database.batches().len() == 1 }).await;
    for value in 1..=3 {
        queue.push("key", &value).await.unwrap();
    }
    let stream = world.key(":0");
    let read = ["XREADGROUP", "GROUP", "workers", "worker", "COUNT", "2", "STREAMS", &stream, ">"];
    world.server.command(&read).await;
    database.open();
    flush(&queue).await;
    assert_eq!(database.of("key"), [0, 1, 2, 3]);
}

#[tokio::test]
async fn workers_share_and_hand_over() {
    let world = World::new("share").await;
    let database = Database::new();
    let shares = |expected: &'static [usize]| {
        let world = &world;
        eventually(PATIENCE, move || async move {
            let mut shares: Vec<_> = world.owners().await.into_values().collect();
            shares.sort_unstable();
            if shares == expected { Ok(()) } else { Err(format!("{shares:?}")) }
        })
    };
    let first = database.worker(&world.queue());
    shares(&[16]).await;
    let second = database.worker(&world.queue());
    shares(&[8, 8]).await;
    let third = database.worker(&world.queue());
    shares(&[4, 6, 6]).await;
    first.stop().await;
    shares(&[8, 8]).await;
    drop(second);
    shares(&[16]).await;
    third.stop().await;
    assert!(world.owners().await.is_empty(), "a worker that has stopped has nothing");
}

/// Work goes on in order while workers come and go.
#[tokio::test]
async fn handing_over_keeps_the_order() {
    let world = World::new("handing_over").await;
    let (queue, database) = (world.queue(), Database::new());
    let pushes = tokio::spawn({
        let queue = queue.clone();
        async move {
            for value in 0..2000 {
                queue.push(&format!("key:{}", value % 40), &(value / 40)).await.unwrap();
            }
        }
    });
    while !pushes.is_finished() {
        let one = database.worker(&queue);
        tokio::time::sleep(Duration::from_millis(30)).await;
        let other = database.worker(&queue);
        one.stop().await;
        drop(other);
    }
    pushes.await.unwrap();
    let _worker = database.worker(&queue);
    flush(&queue).await;
    let rows = database.by_key();
    assert_eq!(rows.len(), 40);
    for (key, values) in rows {
        assert_eq!(
            values,
            (0..50).collect::<Vec<_>>(),
            "{key}: nothing twice, nothing out of order"
        );
    }
}

#[tokio::test]
async fn stop_lets_the_batch_at_hand_finish() {
    let world = World::new("stop").await;
    let (queue, database) = (world.queue(), Database::new());
    database.close();
    let worker = database.worker(&queue);
    queue.push("key", &1).await.unwrap();
    eventually(PATIENCE, || async { database.batches().len() == 1 }).await;
    queue.push("key", &2).await.unwrap();
    let stopped = tokio::spawn(worker.stop());
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!stopped.is_finished());
    database.open();
    soon("the stop", stopped).await.unwrap();
    assert_eq!(database.of("key"), [1]);
    assert_eq!(queue.backlog().await.unwrap(), 1);
}
