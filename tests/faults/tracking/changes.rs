//! Whatever changes a slot is told, and only what is about it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use cached_runtime::Outcome;
use support::{RedisServer, eventually};

use super::{PATIENCE, World};
use crate::world::CALM;

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
