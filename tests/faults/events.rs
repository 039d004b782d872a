//! Events while Redis is in trouble: what may have been missed is told, and events come again.

use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use cached_runtime::{Cache, Invalidation, Invalidations};
use support::{Events, RedisServer, eventually};
use tokio::time::timeout;

use crate::world::{CALM, PATIENCE, World, cache_with, double, patient_cache};

/// How long a connection may be silent before it is asked, and to notice that, and to connect again.
const NOTICED: Duration = Duration::from_secs(2).saturating_add(PATIENCE.saturating_mul(4));

async fn next(invalidations: &mut Invalidations, within: Duration) -> Invalidation {
    let next = timeout(within, invalidations.next()).await;
    next.expect("there is an event").expect("the stream goes on")
}

async fn entry(cache: &Cache, id: u64) -> Invalidation {
    cache.scope(async { Invalidation::Entry(double::entry(id).key().to_owned()) }).await
}

/// Another process invalidates, until the entry's event is heard.
async fn events_come_again(invalidations: &mut Invalidations, other: &Cache, id: u64) {
    eventually(CALM, || other.scope(async { double::entry(id).invalidate().await })).await;
    assert_eq!(next(invalidations, CALM).await, entry(other, id).await);
}

#[tokio::test]
async fn a_subscriber_that_is_killed_is_told_and_hears_again() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let other = cache_with(&world.server.url(), CALM);
    let mut invalidations = cache.invalidations().await.unwrap();
    events_come_again(&mut invalidations, &other, 0).await;
    for id in 1..6 {
        let start = Instant::now();
        let killed = world.server.command(&["CLIENT", "KILL", "TYPE", "pubsub"]).await.text();
        assert_eq!(killed, "1");
        assert_eq!(next(&mut invalidations, CALM).await, Invalidation::Gap);
        eprintln!("killed: back after {:?}", start.elapsed());
        events_come_again(&mut invalidations, &other, id).await;
    }
    world.proxy.reset_existing();
    assert_eq!(next(&mut invalidations, CALM).await, Invalidation::Gap);
    events_come_again(&mut invalidations, &other, 9).await;
}

#[tokio::test]
async fn a_server_that_is_started_again_is_heard_again() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let other = cache_with(&world.server.url(), CALM);
    let mut invalidations = cache.invalidations().await.unwrap();
    world.server.kill().await;
    timeout(Duration::from_millis(300), invalidations.next()).await.expect_err("not yet");
    world.server.start_again().await;
    assert_eq!(next(&mut invalidations, CALM).await, Invalidation::Gap);
    events_come_again(&mut invalidations, &other, 1).await;
}

#[tokio::test]
async fn a_connection_that_is_silently_dead_is_noticed() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let other = cache_with(&world.server.url(), CALM);
    let mut invalidations = cache.invalidations().await.unwrap();
    // One that is alive is left alone, although it is silent.
    let connections = world.proxy.connections();
    timeout(NOTICED, invalidations.next()).await.expect_err("nothing happens");
    assert_eq!(world.proxy.connections(), connections);
    let start = Instant::now();
    world.proxy.hang_existing();
    assert_eq!(next(&mut invalidations, NOTICED).await, Invalidation::Gap);
    eprintln!("silently dead: noticed after {:?}", start.elapsed());
    events_come_again(&mut invalidations, &other, 1).await;
}

#[tokio::test]
async fn away_at_the_beginning_is_a_gap_and_no_error() {
    for fault in ["refused", "hangs"] {
        let world = World::start_patient().await;
        let cache = patient_cache(&world.proxy.url());
        let other = cache_with(&world.server.url(), CALM);
        if fault == "refused" {
            world.proxy.refuse();
        } else {
            world.proxy.hang();
        }
        let start = Instant::now();
        let mut invalidations = cache.invalidations().await.unwrap();
        assert!(start.elapsed() < 4 * PATIENCE, "{fault}: {:?}", start.elapsed());
        world.proxy.pass();
        assert_eq!(next(&mut invalidations, CALM).await, Invalidation::Gap, "{fault}");
        events_come_again(&mut invalidations, &other, 1).await;
    }
}

/// It is told when it has gone through.
#[tokio::test]
async fn an_invalidation_that_is_made_up_for_is_told() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    let listening = cache_with(&world.server.url(), CALM);
    let mut invalidations = listening.invalidations().await.unwrap();
    cache.ping().await.unwrap();
    world.proxy.refuse();
    cache.scope(async { double::entry(1).invalidate().await }).await.unwrap_err();
    cache.invalidate_prefix("user").await.unwrap_err();
    timeout(Duration::from_millis(50), invalidations.next()).await.expect_err("nothing was done");
    world.proxy.pass();
    let heard = [next(&mut invalidations, CALM).await, next(&mut invalidations, CALM).await];
    assert!(
        heard.contains(&entry(&cache, 1).await) && heard.contains(&Invalidation::Gap),
        "{heard:?}"
    );
}

#[tokio::test]
async fn no_task_goes_on_for_one_that_was_dropped() {
    let world = World::start_patient().await;
    let cache = patient_cache(&world.proxy.url());
    drop(cache.invalidations().await.unwrap());
    eventually(CALM, || async { world.proxy.open_connections() == 1 }).await;
    world.proxy.refuse();
    let invalidations = cache.invalidations().await.unwrap();
    drop(invalidations);
    drop(cache);
    world.proxy.pass();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(world.proxy.open_connections(), 0);
}

#[tokio::test]
async fn no_right_to_the_channel() {
    let rules = ["on", ">pw", "~*", "resetchannels", "+@all"];
    let world = World::with(RedisServer::builder().user("app", &rules), "app:pw@", CALM).await;
    let (events, recording) = Events::record();
    // The cache itself works, and no invalidation fails.
    let runs = AtomicU64::new(0);
    world
        .cache
        .scope(async {
            for id in 0..20 {
                double(&runs, id).await;
                double::entry(id).invalidate().await.unwrap();
            }
            let many = (0..20).map(|id| {
                let cache = world.cache.clone();
                tokio::spawn(cache.scope(async move { double::entry(id).invalidate().await }))
            });
            for one in many.collect::<Vec<_>>() {
                one.await.unwrap().unwrap();
            }
        })
        .await;
    world.cache.shutdown().await;
    world.cache.ping().await.expect("calls are not held back");
    let told: Vec<_> = events.lines().into_iter().filter(|line| line.contains("WARN")).collect();
    assert!(told.is_empty(), "{told:?}");
    drop(recording);
    let error = world.cache.invalidations().await.unwrap_err();
    assert!(error.is_refused() && error.to_string().contains("NOPERM"), "{error}");
    world.server.command(&["ACL", "SETUSER", "app", "&t:*"]).await;
    let mut invalidations = world.cache.invalidations().await.unwrap();
    world.cache.clear().await.unwrap();
    assert_eq!(next(&mut invalidations, CALM).await, Invalidation::All);
}
