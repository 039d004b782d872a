//! Whatever changes a slot is told, and only what is about it.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use cached_runtime::{Outcome, observe, redis_cache};
use support::{RedisServer, eventually};
use tokio::task::JoinSet;

use super::{DETECTION, PATIENCE, World};
use crate::world::{CALM, cache_with};

#[tokio::test]
async fn every_way_to_change_a_slot() {
    let world = World::start().await;
    let slot = world.slot(1).await;
    let slot = slot.as_str();
    world.warm(2).await;
    let long = "600000";
    // What the slot holds afterwards, if that is not what the body returns.
    let changes: [(&[&str], Option<u64>); 13] = [
        (&["SET", slot, "11"], Some(11)),
        (&["SET", slot, "12", "EX", "600"], Some(12)),
        (&["SETRANGE", slot, "0", "13"], Some(13)),
        (&["INCR", slot], Some(14)),
        (&["DEL", slot], None),
        (&["UNLINK", slot], None),
        (&["GETDEL", slot], None),
        (&["PEXPIRE", slot, "-1"], None),
        (&["PEXPIRE", slot, "20"], None),
        (&["RENAME", slot, "elsewhere"], None),
        (&["RENAME", "elsewhere", slot], Some(9)),
        (
            &["EVAL", "return redis.call('SET', KEYS[1], 15, 'PX', ARGV[1])", "1", slot, long],
            Some(15),
        ),
        (&["MSET", "other", "1", slot, "16"], Some(16)),
    ];
    for (round, (change, value)) in changes.into_iter().enumerate() {
        let value = value.unwrap_or(1000 + round as u64);
        world.database.store(value, Ordering::SeqCst);
        world.warm(1).await;
        if change[1] == "elsewhere" {
            world.server.command(&["SET", "elsewhere", "9"]).await;
        }
        let change_it = world.server.command(change);
        let took = world.is_seen(1, value, change_it).await;
        eprintln!("{}: seen after {took:?}", change[0]);
        // Told of one slot, it goes on to keep others.
        world.warm(2).await;
    }
}

#[tokio::test]
async fn all_keys_are_flushed_at_once() {
    let world = World::start().await;
    for (round, flush) in ["FLUSHALL", "FLUSHDB"].into_iter().cycle().take(6).enumerate() {
        for id in 0..10 {
            world.warm(id).await;
        }
        let value = 1 + round as u64;
        world.database.store(value, Ordering::SeqCst);
        let took = world.is_seen(0, value, world.server.command(&[flush])).await;
        eprintln!("{flush}: seen after {took:?}");
        for id in 1..10 {
            assert_eq!(world.call(id).await.0, value, "told of all at once");
        }
    }
}

/// The server's memory is full, and it drops what is used least: which, as nobody asks it, is what is kept here.
#[tokio::test]
async fn slots_are_evicted() {
    let world = World::start().await;
    for id in 0..50 {
        world.warm(id).await;
    }
    world.database.store(1, Ordering::SeqCst);
    world.server.command(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]).await;
    let info = world.server.command(&["INFO", "memory"]).await.text();
    let used = info.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap();
    let limit = used.trim().parse::<u64>().unwrap() + 500_000;
    world.server.command(&["CONFIG", "SET", "maxmemory", &limit.to_string()]).await;
    let value = "x".repeat(10_000);
    for other in 0..1000 {
        world.server.command(&["SET", &format!("other:{other}"), &value]).await;
    }
    let mut evicted = 0;
    for id in 0..50 {
        if world.server.command(&["EXISTS", &world.slot(id).await]).await.text() == "0" {
            evicted += 1;
            world.is_seen(id, 1, std::future::ready(())).await;
        }
    }
    assert!(evicted > 0, "nothing was evicted");
}

/// Redis forgets who has read what where that is too much, and tells of that as of a change.
#[tokio::test]
async fn the_table_of_the_server_is_full() {
    const IDS: u64 = 2000;
    let full = RedisServer::builder().args(&["--tracking-table-max-keys", "100"]);
    let world = Arc::new(World::with(full, CALM).await);
    call_all(&world, 0..IDS).await;
    call_all(&world, 0..IDS).await;
    let mut slots = Vec::new();
    for id in 0..IDS {
        slots.push(world.slot(id).await);
    }
    let mut hits = 0;
    for value in 1..=3 {
        let mut set = vec!["MSET".to_owned()];
        set.extend(slots.iter().flat_map(|slot| [slot.clone(), value.to_string()]));
        world.server.command(&set).await;
        // It comes behind all others on the wire.
        let last = slots.len() as u64 - 1;
        world.is_seen(last, value, std::future::ready(())).await;
        for (found, outcome) in call_all(&world, 0..IDS).await {
            assert_eq!(found, value, "a {outcome}");
        }
        let last = call_all(&world, IDS - 50..IDS).await;
        hits += last.iter().filter(|(_, outcome)| *outcome == Outcome::LocalHit).count();
    }
    eprintln!("{hits} of the last 150 calls were answered from the process");
    assert!(hits > 0);
}

/// In a few tasks, as one after the other takes long.
async fn call_all(world: &Arc<World>, ids: Range<u64>) -> Vec<(u64, Outcome)> {
    const TASKS: usize = 20;
    let mut tasks = JoinSet::new();
    for first in ids.clone().take(TASKS) {
        let (world, ids) = (Arc::clone(world), (first..ids.end).step_by(TASKS));
        tasks.spawn(async move {
            let mut found = Vec::new();
            for id in ids {
                found.push(world.call(id).await);
            }
            found
        });
    }
    tasks.join_all().await.concat()
}

#[redis_cache(ttl = 600, local = "10m", tags = ["all", "id:{id}"], skip(database))]
async fn tagged(database: &AtomicU64, id: u64) -> u64 {
    database.load(Ordering::SeqCst)
}

/// Its tags are known only from its value.
#[redis_cache(ttl = 600, local = "10m", tags = ["value:{result}"], skip(database))]
async fn named(database: &AtomicU64, id: u64) -> u64 {
    let _ = id;
    database.load(Ordering::SeqCst)
}

/// By a cache of another process, whose own connection tells nothing here.
#[tokio::test]
async fn tags_are_invalidated_by_others() {
    let world = World::start().await;
    let other = cache_with(&world.server.url(), CALM);
    let calls = async |id| {
        let both = async {
            (observe(tagged(&world.database, id)).await, observe(named(&world.database, id)).await)
        };
        world.cache.scope(both).await
    };
    for round in 0..10 {
        eventually(PATIENCE, || async {
            let ((_, one), (_, other)) = calls(7).await;
            one == Outcome::LocalHit && other == Outcome::LocalHit
        })
        .await;
        world.database.store(round + 1, Ordering::SeqCst);
        let tag = if round % 2 == 0 { "all" } else { "id:7" };
        other.invalidate_tags([tag.to_owned(), format!("value:{round}")]).await.unwrap();
        let changed = Instant::now();
        eventually(PATIENCE, || async {
            let begun = changed.elapsed();
            let found = calls(7).await;
            let is_new = found.0.0 == round + 1 && found.1.0 == round + 1;
            assert!(is_new || begun <= DETECTION, "{found:?} after {begun:?}");
            is_new
        })
        .await;
        eprintln!("tag {tag}: seen after {:?}", changed.elapsed());
    }
}

/// The slot of a tag is over before the entries under it: what is kept of them no longer counts, as in Redis.
#[tokio::test]
async fn a_slot_ends_by_itself() {
    let world = World::start().await;
    let call = async || world.cache.scope(observe(tagged(&world.database, 7))).await.1;
    let tag = {
        eventually(PATIENCE, || async { call().await == Outcome::LocalHit }).await;
        world.server.keys("*%tag:id*").await.remove(0)
    };
    // That is told of as well. It is kept again, if the machine does not stand still, while the tag still lives.
    eventually(PATIENCE, || async {
        world.server.command(&["PEXPIRE", &tag, "1000"]).await;
        eventually(PATIENCE, || async { call().await == Outcome::Hit }).await;
        eventually(PATIENCE, || async { call().await == Outcome::LocalHit }).await;
        let left = world.server.command(&["PTTL", &tag]).await.text();
        (1..=1000).contains(&left.parse::<i64>().unwrap())
    })
    .await;
    eventually(PATIENCE, || async { call().await == Outcome::Miss }).await;
}
