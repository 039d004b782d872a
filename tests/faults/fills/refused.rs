//! The server answers, and refuses what a fill needs.

use std::sync::Arc;

use cached_runtime::Outcome;
use support::RedisServer;

use super::{BODY, Bodies, CROWD, Crowd, LIMIT, call, content, is_free, slot, world, world_of};
use crate::world::{CALM, World};

/// A server that is read and not written: entries that are there are hits, the others run their bodies, and calls on
/// one of them share it.
async fn reads_only(world: &World, fault: &str) {
    let none = Bodies::default();
    assert_eq!(call(&world.cache, &none, 0).await.0, Outcome::Hit, "{fault}");
    for id in 1..4 {
        let bodies = Bodies::gated();
        let first = Crowd::on(&world.cache, &bodies, id);
        bodies.began(1).await;
        // Those who come while it runs without a lease begin another one.
        let second = Crowd::on(&world.cache, &bodies, id);
        bodies.began(2).await;
        bodies.open();
        for crowd in [first, second] {
            crowd.within(BODY + LIMIT, fault).await;
        }
        assert_eq!(bodies.runs(), 2, "{fault}: bodies for two times {CROWD} calls");
        let (_, took) = call(&world.cache, &bodies, id).await;
        assert!(took <= BODY + LIMIT, "{fault}: the next call took {took:?}");
    }
    let bodies = Arc::new(Bodies::default());
    let crowd = Crowd::of(&world.cache, &bodies, 10..10 + CROWD);
    crowd.within(BODY + LIMIT, &format!("{fault}, one entry each")).await;
    assert_eq!(bodies.runs(), CROWD, "{fault}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_it_is_full() {
    let world = world().await;
    world.server.command(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]).await;
    world.server.command(&["CONFIG", "SET", "maxmemory", "1"]).await;
    reads_only(&world, "full").await;
    world.server.command(&["CONFIG", "SET", "maxmemory", "0"]).await;
    is_free(&world, 1, "full").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_it_is_a_replica() {
    let world = world().await;
    world.server.command(&["REPLICAOF", "127.0.0.1", "1"]).await;
    reads_only(&world, "replica").await;
    world.server.command(&["REPLICAOF", "NO", "ONE"]).await;
    is_free(&world, 1, "replica").await;
}

/// It has given the lease, and then takes no value.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_it_is_full_when_the_body_has_run() {
    let world = world().await;
    let bodies = Bodies::gated();
    let crowd = Crowd::on(&world.cache, &bodies, 1);
    bodies.began(1).await;
    world.server.command(&["CONFIG", "SET", "maxmemory", "1"]).await;
    bodies.open();
    crowd.within(BODY + LIMIT, "full in between").await;
    assert_eq!(bodies.runs(), 1);
    world.server.command(&["CONFIG", "SET", "maxmemory", "0"]).await;
    is_free(&world, 1, "full in between").await;
}

/// Nothing can be stored, but no call waits for a lease that nobody can take away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_there_is_no_right_to_scripts() {
    for rights in [&["+@all", "-@scripting"][..], &["-@all", "+get", "+set"]] {
        let rules = [&["on", ">pw", "~*"], rights].concat();
        let world = world_of(RedisServer::builder().user("app", &rules), "app:pw@", CALM).await;
        for id in 1..4 {
            let bodies = Arc::new(Bodies::default());
            let crowd = Crowd::on(&world.cache, &bodies, id);
            crowd.within(BODY + LIMIT, "no scripts").await;
            assert_eq!(bodies.runs(), 1);
            for _ in 0..3 {
                let (_, took) = call(&world.cache, &bodies, id).await;
                assert!(took <= BODY + LIMIT, "{rights:?}: the next call took {took:?}");
            }
        }
        world.server.command(&["ACL", "SETUSER", "app", "+@all"]).await;
        is_free(&world, 1, "no scripts").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_it_has_forgotten_the_scripts() {
    let world = world().await;
    for id in 1..4 {
        let bodies = Bodies::gated();
        let crowd = Crowd::on(&world.cache, &bodies, id);
        bodies.began(1).await;
        world.server.command(&["SCRIPT", "FLUSH"]).await;
        bodies.open();
        crowd.within(LIMIT, "no such script").await;
        assert_eq!(bodies.runs(), 1);
        let found = content(&world, &slot(&world.cache, id).await).await;
        assert_eq!(found, Some((id * 3).to_string().into_bytes()));
        assert_eq!(call(&world.cache, &bodies, id).await.0, Outcome::Hit);
    }
    assert_eq!(world.cache.stats().total.errors, 0);
}
