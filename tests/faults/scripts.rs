//! Steps that are scripts.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cached_runtime::{Bytes, Cache, Outcome, RedisStore, Store, TagRead, observe, redis_cache};
use support::RedisServer;

use crate::world::{CALM, World, cache_with};

#[redis_cache(ttl = 60, sliding, skip(runs))]
async fn renewed(runs: &AtomicU64, id: u64) -> u64 {
    runs.fetch_add(1, Ordering::SeqCst);
    id * 3
}

async fn call(cache: &Cache, id: u64) -> Outcome {
    let (value, outcome) = cache.scope(observe(renewed(&AtomicU64::new(0), id))).await;
    assert_eq!(value, id * 3);
    outcome
}

async fn left(server: &RedisServer, slot: &str) -> u64 {
    server.command(&["PTTL", slot]).await.text().parse().unwrap()
}

#[tokio::test]
async fn forgotten_scripts_cost_no_hit() {
    let world = World::start_patient().await;
    let cache = cache_with(&world.proxy.url(), CALM);
    assert_eq!(call(&cache, 1).await, Outcome::Miss);
    let slot = world.server.keys("*").await.remove(0);
    for _ in 0..3 {
        world.server.command(&["SCRIPT", "FLUSH"]).await;
        world.server.command(&["PEXPIRE", &slot, "20000"]).await;
        assert_eq!(call(&cache, 1).await, Outcome::Hit);
        assert!(left(&world.server, &slot).await > 50_000, "the hit renewed the value");
    }
    assert_eq!(cache.stats().total.errors, 0);
    let before = world.proxy.commands_seen();
    assert_eq!(call(&cache, 1).await, Outcome::Hit);
    assert_eq!(world.proxy.commands_seen() - before, 1, "commands of a hit");
}

/// Each by its hash: if one that is written in the source were wrong, its script would cost two commands for ever.
#[tokio::test]
async fn every_script_is_one_command_once_the_server_knows_it() {
    let world = World::start_patient().await;
    let store = RedisStore::open(world.proxy.url(), CALM).unwrap();
    let (minute, value) = (Duration::from_secs(60), Bytes::from_static(b"1"));
    let commands = || {
        let seen = world.proxy.commands();
        ["EVALSHA", "EVAL"].map(|name| seen.get(name).copied().unwrap_or(0))
    };
    let tags = ["t:tag".to_owned()];
    let mut read = TagRead::default();
    read.names_tags = true;
    for step in [
        "get_and_renew",
        "set_if_starts",
        "renew_lock",
        "delete_if_starts",
        "get_tagged",
        "mint",
        "invalidate_tags",
        "begin_write",
        "end_write",
        "lock",
    ] {
        for (forgotten, expected) in [(true, [1, 1]), (false, [1, 0]), (true, [1, 1])] {
            store.set("t:slot", value.clone(), minute).await.unwrap();
            if forgotten {
                world.server.command(&["SCRIPT", "FLUSH"]).await;
            }
            let before = commands();
            let done = match step {
                "get_and_renew" => store.get_and_renew("t:slot", minute).await.unwrap().is_some(),
                "set_if_starts" => {
                    let other = Bytes::from_static(b"2");
                    store.set_if_starts("t:slot", b"1", other, minute).await.unwrap()
                }
                "renew_lock" => {
                    store.set_if_starts("t:slot", b"1", value.clone(), minute).await.unwrap()
                }
                "delete_if_starts" => store.delete_if_starts("t:slot", b"1").await.unwrap(),
                "get_tagged" => store.get_tagged("t:slot", &read).await.unwrap().found.is_some(),
                "mint" => store.mint("t:clock", &tags, minute).await.unwrap().tags.len() == 1,
                "invalidate_tags" => store.invalidate_tags("t:clock", &tags).await.is_ok(),
                "begin_write" => store.begin_write("t:slot", [7; 16], minute).await.is_ok(),
                "lock" => {
                    store.delete("t:slot").await.unwrap();
                    store.lock("t:slot", "t:fence", b"1", minute).await.unwrap().is_some()
                }
                _ => !store.end_write("t:slot", [7; 16], None).await.unwrap(),
            };
            assert!(done, "{step}");
            let after = commands();
            let made = [after[0] - before[0], after[1] - before[1]];
            assert_eq!(made, expected, "{step}, forgotten: {forgotten}");
        }
    }
}

#[tokio::test]
async fn a_slot_of_another_type_is_overwritten() {
    let world = World::start_patient().await;
    let cache = cache_with(&world.proxy.url(), CALM);
    call(&cache, 1).await;
    let slot = world.server.keys("*").await.remove(0);
    world.server.command(&["DEL", &slot]).await;
    world.server.command(&["RPUSH", &slot, "a"]).await;
    assert_eq!(call(&cache, 1).await, Outcome::Miss);
    assert_eq!(call(&cache, 1).await, Outcome::Hit);
}

/// A server with no right to scripts: the value is read all the same, or the body runs.
#[tokio::test]
async fn no_right_to_scripts() {
    let rules = ["on", ">pw", "~*", "+@all", "-@scripting"];
    let world = World::with(RedisServer::builder().user("app", &rules), "app:pw@", CALM).await;
    let cache = cache_with(&format!("redis://app:pw@{}/", world.proxy.addr()), CALM);
    for _ in 0..10 {
        call(&cache, 1).await;
    }
    world.server.command(&["ACL", "SETUSER", "app", "+@all"]).await;
    support::eventually(crate::world::RECOVERY, || async { call(&cache, 1).await == Outcome::Hit })
        .await;
}
