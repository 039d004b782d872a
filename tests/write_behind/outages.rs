//! Redis is away, hangs, loses replies, and is restarted.

use std::time::{Duration, Instant};

use cached_runtime::{Cache, WriteBehind};
use support::{Action, Proxy, RedisServer, eventually};

use crate::world::{CALM, Database, PATIENCE, flush, quick, soon};

/// For the tests in which steps hang.
const STEP: Duration = Duration::from_millis(300);

struct World {
    queue: WriteBehind<u64>,
    database: Database,
    proxy: Proxy,
    server: RedisServer,
}

impl World {
    async fn new(op_timeout: Duration) -> Self {
        let server = RedisServer::start().await;
        let proxy = Proxy::start(server.addr());
        let cache = Cache::builder().redis(proxy.url()).namespace("t").op_timeout(op_timeout);
        let queue = quick(cache.build().unwrap().write_behind("queue"));
        let queue = queue.lease(Duration::from_secs(2)).shards(4).build().unwrap();
        Self { queue, database: Database::new(), proxy, server }
    }

    async fn push(&self, values: std::ops::Range<u64>) {
        for value in values {
            let push = || self.queue.push(&format!("key:{}", value % 5), &value);
            eventually(PATIENCE, push).await;
        }
    }

    /// Waits until the queue is empty, whatever happens on the way.
    async fn drained(&self) {
        soon("the queue is empty", async {
            while self.queue.flush().await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
    }

    /// In order; what comes again begins with one that was there and goes on without a gap.
    fn check(&self, all: u64) {
        let rows = self.database.by_key();
        assert_eq!(rows.len(), 5);
        for (key, values) in rows {
            for pair in values.windows(2) {
                assert!(pair[1] <= pair[0] || pair[1] == pair[0] + 5, "{key}: {values:?}");
            }
            assert!(values[0] < 5 && values.iter().max() >= Some(&(all - 5)), "{key}: {values:?}");
        }
    }
}

#[tokio::test]
async fn pushes_fail_at_once_while_redis_is_away_and_nothing_is_lost() {
    let world = World::new(CALM).await;
    let _worker = world.database.worker(&world.queue);
    world.push(0..100).await;
    world.proxy.refuse();
    let began = Instant::now();
    let error = world.queue.push("key:0", &1000).await.unwrap_err();
    eprintln!("{error}");
    assert!(error.is_unavailable(), "{error}");
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert!(world.queue.flush().await.is_err());
    world.proxy.pass();
    world.push(100..200).await;
    world.drained().await;
    world.check(200);
    assert!(!world.database.of("key:0").contains(&1000));
}

#[tokio::test]
async fn pushes_are_bounded_while_redis_hangs() {
    let world = World::new(STEP).await;
    let _worker = world.database.worker(&world.queue);
    world.push(0..50).await;
    world.proxy.hang();
    for _ in 0..8 {
        let began = Instant::now();
        let error = world.queue.push("another", &1).await.unwrap_err();
        assert!(error.is_timeout() || error.is_unavailable(), "{error}");
        assert!(began.elapsed() < STEP * 3, "{:?}", began.elapsed());
    }
    world.proxy.pass();
    world.push(50..100).await;
    world.drained().await;
    for value in world.database.of("another") {
        assert_eq!(value, 1, "what was not known to be pushed may be there");
    }
}

/// A worker that does not know what it was given asks again.
#[tokio::test]
async fn lost_replies_lose_no_records() {
    let world = World::new(CALM).await;
    world.push(0..20).await;
    let _worker = world.database.worker(&world.queue);
    for round in 1..=20 {
        tokio::time::sleep(Duration::from_millis(fastrand::u64(..20))).await;
        world.proxy.reset_existing();
        // A push whose reply is lost is made again, and may be there twice.
        world.push(round * 20..round * 20 + 20).await;
    }
    world.drained().await;
    let rows = world.database.by_key();
    for (key, mut values) in rows {
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), 84, "{key}");
    }
    assert!(world.queue.dead_letters(1).await.unwrap().is_empty());
}

/// Without persistence a restart loses the queue; it is there again for what comes then.
#[tokio::test]
async fn a_server_that_has_lost_the_queue_gets_a_new_one() {
    let world = World::new(CALM).await;
    let _worker = world.database.worker(&world.queue);
    world.push(0..50).await;
    flush(&world.queue).await;
    for _ in 0..2 {
        world.server.kill().await;
        world.server.start_again().await;
        world.push(50..100).await;
        world.drained().await;
        world.server.flush().await;
        world.push(50..100).await;
        world.drained().await;
    }
    let fresh = world.database.by_key().into_values().flatten().filter(|value| *value >= 50);
    assert!(fresh.count() >= 200);
}

/// Redis refuses to take more, and what is there goes on: it may be the queue that fills it.
#[tokio::test]
async fn a_full_memory_refuses_pushes_and_not_the_work() {
    let world = World::new(CALM).await;
    world.push(0..50).await;
    world.server.command(&["CONFIG", "SET", "maxmemory", "1"]).await;
    let error = world.queue.push("key:0", &50).await.unwrap_err();
    assert!(error.is_refused(), "{error}");
    // The sixth in a row is not sent. What it says is not that the server is not there.
    let held_back = async || match world.queue.push("key:0", &50).await {
        Err(error) if error.is_unavailable() => Ok(error.to_string()),
        pushed => Err(format!("{pushed:?}")),
    };
    let told = eventually(PATIENCE, held_back).await;
    assert!(told.contains("OOM") && !told.contains("is it running"), "{told}");
    world.database.refuse(|value| value == 7);
    let _worker = world.database.worker(&world.queue);
    world.drained().await;
    assert_eq!(world.queue.backlog().await.unwrap(), 0);
    assert_eq!(world.queue.dead_letters(10).await.unwrap().len(), 1);
    world.server.command(&["CONFIG", "SET", "maxmemory", "0"]).await;
    world.push(50..100).await;
    world.drained().await;
    assert_eq!(world.database.by_key().into_values().flatten().count(), 99);
}

/// A slow acknowledgement is not a failure of the function.
#[tokio::test]
async fn scripts_that_are_refused_for_a_while() {
    let world = World::new(CALM).await;
    world.push(0..50).await;
    for _ in 0..3 {
        world.proxy.once("EVALSHA", Action::error("LOADING not yet"));
    }
    let _worker = world.database.worker(&world.queue);
    world.drained().await;
    world.check(50);
    assert!(world.queue.dead_letters(1).await.unwrap().is_empty());
}
