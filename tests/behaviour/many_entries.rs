//! A tag costs the same however many entries are under it.

use std::time::Instant;

use cached_runtime::{Cache, Outcome, observe, redis_cache};
use support::RedisServer;

use crate::basic::PATIENCE;

const ENTRIES: u64 = 100_000;

#[redis_cache(ttl = 300, tags = ["users"])]
async fn user(id: u64) -> u64 {
    id
}

/// Bytes that the server needs for a slot.
async fn memory(server: &RedisServer, slot: &str) -> u64 {
    server.command(&["MEMORY", "USAGE", slot]).await.text().parse().expect("it is there")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_command_invalidates_a_hundred_thousand_entries() {
    let server = RedisServer::start().await;
    let builder = Cache::builder().redis(server.url()).namespace("t").op_timeout(PATIENCE);
    let cache = builder.build().unwrap();
    cache.scope(user(0)).await;
    let [tag, clock] = ["t:%tag:users", "t:%tags"];
    let before = [memory(&server, tag).await, memory(&server, clock).await];

    // Each is what a fill has stored, under another name.
    let slot = cache.scope(async { user::entry(0).key().to_owned() }).await;
    let copies = "local value = redis.call('GET', KEYS[1])
for id = 1, ARGV[1] do redis.call('SET', ARGV[id + 1], value, 'PX', 300000) end";
    let name = |id| user::entry(id).key().to_owned();
    let slots: Vec<_> = cache.scope(async { (1..ENTRIES).map(name).collect() }).await;
    for slots in slots.chunks(5000) {
        let count = slots.len().to_string();
        let head = ["EVAL", copies, "1", &slot, &count];
        let command: Vec<_> = head.into_iter().chain(slots.iter().map(String::as_str)).collect();
        server.command(&command).await;
    }
    assert_eq!(server.command(&["DBSIZE"]).await.text(), (ENTRIES + 2).to_string());
    for id in [0, 1, ENTRIES / 2, ENTRIES - 1] {
        assert_eq!(cache.scope(observe(user(id))).await.1, Outcome::Hit, "{id}");
    }
    // The script is known to the server.
    cache.invalidate_tag("other").await.unwrap();

    let mut took = Vec::new();
    for round in 0..5 {
        let commands = server.commands().await;
        let start = Instant::now();
        cache.invalidate_tag("users").await.unwrap();
        took.push(start.elapsed());
        let commands = server.commands().await.since(&commands);
        assert_eq!(commands.of("evalsha"), 1, "{commands:?}");
        // What the script does: it reads the clock and writes it, and the tag.
        let events = commands.of("publish");
        assert_eq!((commands.of("mget"), commands.of("set")), (1, 2), "{commands:?}");
        assert_eq!(commands.total(), 4 + events, "round {round}: {commands:?}");
    }
    took.sort();
    eprintln!("invalidate_tag of {ENTRIES} entries: {took:?}");
    let most = if cfg!(debug_assertions) { 50 } else { 5 };
    assert!(took[2].as_millis() < most, "{took:?}");

    let after = [memory(&server, tag).await, memory(&server, clock).await];
    eprintln!("bytes of a tag and of the clock: {before:?}, {after:?}");
    assert_eq!(after, before, "what a tag costs does not grow");
    assert!(after[0] <= 150, "{after:?}");
    for id in [0, 1, ENTRIES / 2, ENTRIES - 1] {
        assert_eq!(cache.scope(observe(user(id))).await.1, Outcome::Miss, "{id}");
        assert_eq!(cache.scope(observe(user(id))).await.1, Outcome::Hit, "{id}");
    }
}
