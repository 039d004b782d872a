//! Slots that hold what no call of this function put there.

use cached_runtime::{Cache, Outcome, observe, redis_cache};
use serde::{Deserialize, Serialize};

use crate::world::{CALM, World, cache_with};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Profile {
    name: String,
    scores: Vec<f64>,
    note: Option<String>,
}

#[redis_cache(ttl = 60)]
async fn profile(id: u64) -> Profile {
    Profile { name: format!("user \"{id}\""), scores: vec![0.5, 2.0], note: None }
}

async fn call(cache: &Cache, id: u64) -> Outcome {
    let (value, outcome) = cache.scope(observe(profile(id))).await;
    assert_eq!(value.name, format!("user \"{id}\""));
    assert_eq!((value.scores, value.note), (vec![0.5, 2.0], None));
    outcome
}

/// The world, a cache without the proxy, and the slot of `profile(7)`, which is filled.
async fn slot() -> (World, Cache, String) {
    let world = World::start_patient().await;
    let cache = cache_with(&world.server.url(), CALM);
    assert_eq!(call(&cache, 7).await, Outcome::Miss);
    let slot = world.server.keys("*").await.remove(0);
    (world, cache, slot)
}

#[tokio::test]
async fn a_slot_of_another_type() {
    let (world, cache, slot) = slot().await;
    for put in [["RPUSH", "a"], ["SADD", "a"]] {
        world.server.command(&["DEL", &slot]).await;
        world.server.command(&[put[0], &slot, put[1]]).await;
        assert_eq!(call(&cache, 7).await, Outcome::Miss);
        assert_eq!(call(&cache, 7).await, Outcome::Hit);
    }
    assert_eq!(world.server.command(&["TYPE", &slot]).await.text(), "string");
}

#[tokio::test]
async fn every_truncation_is_a_miss_and_overwritten() {
    let (world, cache, slot) = slot().await;
    let whole = world.server.command(&["GET", &slot]).await.text();
    for length in 0..whole.len() {
        world.server.command(&["SET", &slot, &whole[..length]]).await;
        assert_eq!(call(&cache, 7).await, Outcome::Miss, "cut to {length} bytes");
        assert_eq!(call(&cache, 7).await, Outcome::Hit, "cut to {length} bytes");
    }
    assert_eq!(world.server.command(&["GET", &slot]).await.text(), whole);
    let undecodable = cache.stats().total.undecodable;
    assert_eq!(undecodable, u64::try_from(whole.len()).unwrap());
    assert_eq!(cache.stats().total.errors, 0);
}

#[tokio::test]
async fn junk_and_foreign_values_are_misses_and_overwritten() {
    let (world, cache, slot) = slot().await;
    let deep = "[".repeat(100_000);
    let junk: [&[u8]; 17] = [
        b"",
        b" ",
        b"\0",
        b"\xff\xfe\xfd",
        b"null",
        b"42",
        b"\"text\"",
        b"[]",
        b"{}",
        br#"{"name":1,"scores":[],"note":null}"#,
        br#"{"name":"a","scores":["x"],"note":null}"#,
        br#"{"name":"a","scores":[1e999],"note":null}"#,
        b"\x01",
        b"\x01\x01\xe7short",
        b"\x01\x63\x04json{}",
        b"\x02lease",
        deep.as_bytes(),
    ];
    for bytes in junk {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
        world.server.command(&[b"SET", slot.as_bytes(), bytes]).await;
        assert_eq!(call(&cache, 7).await, Outcome::Miss, "{shown:?}");
        assert_eq!(call(&cache, 7).await, Outcome::Hit, "{shown:?}");
    }
    assert_eq!(cache.stats().total.undecodable, 17);
}

/// JSON that another program wrote, in its own style, without an end.
#[tokio::test]
async fn json_of_other_programs_is_read() {
    let (world, cache, slot) = slot().await;
    let foreign = "\n{ \"note\": null, \"more\": [1],\t\"scores\": [5e-1, 2],\
                   \"name\": \"\\u0075ser \\\"7\\\"\" }\n";
    world.server.command(&["SET", &slot, foreign]).await;
    assert_eq!(call(&cache, 7).await, Outcome::Hit);
}

/// A slot larger than anything that the function returns.
#[tokio::test]
async fn a_huge_value() {
    let (world, cache, slot) = slot().await;
    let huge = "x".repeat(8 << 20);
    world.server.command(&["SET", &slot, &huge]).await;
    call(&cache, 7).await;
    support::eventually(crate::world::RECOVERY, || async { call(&cache, 7).await == Outcome::Hit })
        .await;
}
