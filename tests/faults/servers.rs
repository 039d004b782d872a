//! The server answers, and can't do what it is asked.

use std::cell::Cell;
use std::net::TcpStream;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use cached_runtime::{Cache, Outcome};
use support::{Action, FakeServer, RedisServer, eventually};

use crate::world::{KNOWN, RECOVERY, World, cache, double, outage};

#[tokio::test]
async fn loading() {
    let world = World::start().await;
    world.call(KNOWN).await;
    world.proxy.every("*", Action::error("LOADING Redis is loading the dataset in memory"));
    world.proxy.every("HELLO", Action::Pass);
    world.calls_are_bounded("LOADING").await;
    world.breaker_is_open("LOADING").await;
    world.proxy.pass();
    world.recovers("LOADING").await;
}

/// A real server that takes seconds to load its keys.
#[tokio::test]
async fn really_loading() {
    let slow = ["--key-load-delay", "5000", "--loading-process-events-interval-bytes", "1024"];
    let world = World::of(RedisServer::builder().args(&slow), "").await;
    world.call(KNOWN).await;
    for key in 0..500 {
        world.server.command(&["SET", &format!("other:{key}"), "x"]).await;
    }
    world.server.command(&["SAVE"]).await;
    world.server.kill().await;
    world.calls_are_bounded("before loading").await;
    world.server.start_again().await;
    assert!(is_loading(&world.server).await, "loading was over too soon for this test");
    world.calls_are_bounded("loading").await;
    eventually(Duration::from_secs(30), || async { !is_loading(&world.server).await }).await;
    world.recovers("loading").await;
}

async fn is_loading(server: &RedisServer) -> bool {
    server.command(&["INFO", "persistence"]).await.text().contains("loading:1")
}

#[tokio::test]
async fn out_of_memory() {
    let world = World::start().await;
    world.call(KNOWN).await;
    world.server.command(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]).await;
    world.server.command(&["CONFIG", "SET", "maxmemory", "1"]).await;
    world.calls_are_bounded("out of memory").await;
    let errors = world.cache.stats().total.errors;
    assert!(errors >= 5, "{errors}");
    world.server.command(&["CONFIG", "SET", "maxmemory", "0"]).await;
    world.recovers("out of memory").await;
}

#[tokio::test]
async fn read_only() {
    let world = World::start().await;
    world.call(KNOWN).await;
    let config = ["CONFIG", "SET", "replica-serve-stale-data", "yes"];
    world.server.command(&config).await;
    world.server.command(&["CONFIG", "SET", "replica-read-only", "yes"]).await;
    // Nothing listens on port 1.
    world.server.command(&["REPLICAOF", "127.0.0.1", "1"]).await;
    world.calls_are_bounded("read-only").await;
    world.server.command(&["REPLICAOF", "NO", "ONE"]).await;
    world.recovers("read-only").await;
}

/// A replica that refuses even reads while its primary is away.
#[tokio::test]
async fn primary_is_down() {
    let world = World::start().await;
    world.call(KNOWN).await;
    world.server.command(&["CONFIG", "SET", "replica-serve-stale-data", "no"]).await;
    world.server.command(&["REPLICAOF", "127.0.0.1", "1"]).await;
    world.calls_are_bounded("MASTERDOWN").await;
    world.server.command(&["REPLICAOF", "NO", "ONE"]).await;
    world.recovers("MASTERDOWN").await;
}

/// The name of the primary leads to another server; the open connection still leads to the old
/// one, which answers `READONLY`.
#[tokio::test]
async fn a_failover() {
    let world = World::start().await;
    world.call(KNOWN).await;
    let promoted = RedisServer::start().await;
    let port = promoted.port().to_string();
    world.proxy.redirect(promoted.addr());
    world.server.command(&["REPLICAOF", "127.0.0.1", &port]).await;
    let start = Instant::now();
    eventually(RECOVERY, || async {
        world.call(world.fresh()).await;
        promoted.command(&["DBSIZE"]).await.text() != "0"
    })
    .await;
    eprintln!("failover: the new primary was written to after {:?}", start.elapsed());
    world.recovers("failover").await;
    assert_eq!(world.cache.ping().await.map_err(|e| e.to_string()), Ok(()));
}

#[tokio::test]
async fn scripts_keep_the_server_busy() {
    let world = World::start().await;
    world.call(KNOWN).await;
    let busy = "BUSY Redis is busy running a script. You can only call SCRIPT KILL";
    world.proxy.every("*", Action::error(busy));
    world.calls_are_bounded("BUSY").await;
    world.proxy.pass();
    world.recovers("BUSY").await;
}

#[tokio::test]
async fn too_many_clients() {
    let world = World::of(RedisServer::builder().args(&["--maxclients", "10"]), "").await;
    let connect = |_| TcpStream::connect(world.server.addr()).unwrap();
    let others: Vec<_> = (0..10).map(connect).collect();
    world.calls_are_bounded("too many clients").await;
    world.breaker_is_open("too many clients").await;
    drop(others);
    world.recovers("too many clients").await;
}

/// What a planned failover does: reads go on, writes wait.
#[tokio::test]
async fn writes_are_paused() {
    let world = World::start().await;
    world.call(KNOWN).await;
    world.server.command(&["CLIENT", "PAUSE", "20000", "WRITE"]).await;
    assert_eq!(world.call(KNOWN).await, Outcome::Hit);
    world.calls_are_bounded("writes paused").await;
    world.server.command(&["CLIENT", "UNPAUSE"]).await;
    world.recovers("writes paused").await;
}

#[tokio::test]
async fn all_commands_are_paused() {
    let world = World::start().await;
    // It would hold up its own end as well, so it has to end by itself.
    let pause = Duration::from_secs(6);
    let end = Cell::new(Instant::now());
    let begin = async || {
        world.server.command(&["CLIENT", "PAUSE", &pause.as_millis().to_string(), "ALL"]).await;
        end.set(Instant::now() + pause);
    };
    let wait = async || tokio::time::sleep_until(end.get().into()).await;
    outage(&world, "all paused", begin, wait).await;
}

#[tokio::test]
async fn all_keys_are_flushed() {
    let world = World::start().await;
    assert_eq!(world.call(KNOWN).await, Outcome::Miss);
    world.server.flush().await;
    assert_eq!(world.call(KNOWN).await, Outcome::Miss);
    assert_eq!(world.call(KNOWN).await, Outcome::Hit);
}

#[tokio::test]
async fn an_old_server_is_refused() {
    let server = FakeServer::old("6.2.14");
    let cache = cache(&server.url());
    names_both_versions(&cache).await;
    let runs = AtomicU64::new(0);
    for id in 0..20 {
        let call = cached_runtime::observe(double(&runs, id));
        assert_eq!(cache.scope(call).await, (id * 2, Outcome::Bypass));
    }
    // The breaker is open by now, and the reason is the same.
    names_both_versions(&cache).await;
    let commands = server.commands();
    assert!(!commands.contains_key("GET") && !commands.contains_key("SET"), "{commands:?}");
}

async fn names_both_versions(cache: &Cache) {
    let error = cache.ping().await.unwrap_err().to_string();
    eprintln!("old server: {error}");
    assert!(error.contains("Redis 6.2.14") && error.contains("Redis 7.0"), "{error}");
}
