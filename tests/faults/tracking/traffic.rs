//! What goes over the wire, and for how long.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cached_runtime::{Cache, Outcome, RedisStore, observe};
use support::eventually;

use super::{PATIENCE, World, kept, tracking};
use crate::world::CALM;

/// Heartbeats are all that is sent while values are answered from the process.
#[tokio::test]
async fn a_hit_in_the_process_sends_nothing() {
    let world = World::start().await;
    // If the machine stands still for so long that no heartbeat comes in time, the store is asked.
    eventually(PATIENCE, || async {
        world.warm(1).await;
        let before = world.proxy.commands();
        for _ in 0..1000 {
            world.is(1, Outcome::LocalHit).await?;
        }
        let mut after = world.proxy.commands();
        let beats = after["HELLO"] - before["HELLO"];
        assert!(beats <= 40, "{beats} heartbeats");
        after.insert("HELLO".to_owned(), before["HELLO"]);
        assert_eq!(after, before);
        Ok::<_, String>(())
    })
    .await;
}

/// One connection beside that of all commands, whatever the number of calls.
#[tokio::test]
async fn many_calls_make_one_connection() {
    let world = Arc::new(World::start().await);
    let mut calls = tokio::task::JoinSet::new();
    for id in 0..500 {
        let world = Arc::clone(&world);
        calls.spawn(async move { world.call(id).await });
    }
    calls.join_all().await;
    assert_eq!((tracking(&world.server).await.len(), world.proxy.connections()), (1, 2));
}

/// A call that is dropped while the connection is made breaks nothing.
#[tokio::test]
async fn a_call_is_cancelled_while_it_connects() {
    let world = World::start().await;
    world.proxy.once("CLIENT", support::Action::Delay(Duration::from_millis(50)));
    for _ in 0..20 {
        let _ = tokio::time::timeout(Duration::from_millis(1), world.call(1)).await;
    }
    world.warm(1).await;
    assert_eq!(tracking(&world.server).await.len(), 1);
}

#[tokio::test]
async fn caches_share_a_store_and_its_connection() {
    let world = World::start().await;
    let store = Arc::new(RedisStore::open(world.proxy.url(), CALM).unwrap());
    let cache = |name: &str| {
        let builder = Cache::builder().store(Arc::clone(&store)).namespace(name);
        builder.op_timeout(CALM).build().unwrap()
    };
    let caches = ["a", "b"].map(cache);
    let call = async |cache: &Cache| cache.scope(observe(kept(&world.database, 1))).await;
    for round in 1..=5 {
        for cache in &caches {
            eventually(PATIENCE, || async { call(cache).await.1 == Outcome::LocalHit }).await;
        }
        world.database.store(round, Ordering::SeqCst);
        world.server.flush().await;
        for cache in &caches {
            eventually(PATIENCE, || async { call(cache).await.0 == round }).await;
        }
    }
    assert_eq!(tracking(&world.server).await.len(), 1);
    // The connection ends with the last cache that needs it, the store with its own.
    let [first, second] = caches;
    drop(first);
    eventually(PATIENCE, || async { call(&second).await.1 == Outcome::LocalHit }).await;
    assert_eq!(tracking(&world.server).await.len(), 1);
    drop(second);
    eventually(PATIENCE, || async { tracking(&world.server).await.is_empty() }).await;
    let third = cache("c");
    eventually(PATIENCE, || async { call(&third).await.1 == Outcome::LocalHit }).await;
    drop((third, store));
    eventually(PATIENCE, || async { world.proxy.open_connections() == 0 }).await;
}

/// A cache whose functions keep nothing has no such connection.
#[tokio::test]
async fn without_values_to_keep_there_is_none() {
    let world = crate::world::World::start().await;
    world.works().await;
    assert_eq!((tracking(&world.server).await.len(), world.proxy.connections()), (0, 1));
}
