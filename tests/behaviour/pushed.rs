//! A process that waits for another's fill is told by Redis when it is there, where there is a connection for that.

use std::sync::Arc;
use std::time::Duration;

use cached_runtime::{Cache, Outcome, observe, redis_cache};
use support::RedisServer;
use support::eventually;
use tokio::time::sleep;

use crate::world::Database;

#[redis_cache(ttl = 300, local = "5m")]
async fn kept(id: u64) -> u64 {
    id
}

#[redis_cache(ttl = 300, local = "5m", skip(database))]
async fn kept_row(database: &Database) -> u32 {
    database.read().await
}

/// A function whose values are not kept wakes all the same.
#[redis_cache(ttl = 300, skip(database))]
async fn row(database: &Database) -> u32 {
    database.read().await
}

/// Another process, as far as Redis can see.
fn cache(server: &RedisServer) -> Cache {
    let builder = Cache::builder().redis(server.url()).namespace("t");
    builder.op_timeout(Duration::from_secs(10)).build().unwrap()
}

async fn calls<F>(server: &RedisServer, call: impl Fn(Arc<Database>) -> F)
where
    F: Future<Output = u32> + Send + 'static,
{
    let (leading, waiting) = (cache(server), cache(server));
    // It is told of changes from now on.
    eventually(Duration::from_secs(10), || async {
        waiting.scope(observe(kept(1))).await.1 == Outcome::LocalHit
    })
    .await;
    let database = Arc::new(Database::at(7));
    let gate = database.hold();
    let leader = tokio::spawn(leading.scope(call(Arc::clone(&database))));
    gate.entered().await;
    let before = server.commands().await;
    let follower = tokio::spawn(waiting.scope(call(Arc::clone(&database))));
    // By itself it would look a dozen times.
    sleep(Duration::from_millis(500)).await;
    let reads = reads(server).await - (before.of("get") + before.of("mget"));
    assert!((1..=6).contains(&reads), "{reads} reads");
    database.set(8);
    gate.open();
    assert_eq!((leader.await.unwrap(), follower.await.unwrap()), (7, 7), "one body for both");
}

async fn reads(server: &RedisServer) -> u64 {
    let counts = server.commands().await;
    counts.of("get") + counts.of("mget")
}

#[tokio::test]
async fn a_waiting_call_hardly_looks() {
    let server = RedisServer::start().await;
    calls(&server, |database| async move { kept_row(&database).await }).await;
    calls(&server, |database| async move { row(&database).await }).await;
}
