//! A hit in Redis: each task has an entry of its own, and then all have the same.

use support::RedisServer;
use tokio::runtime::Runtime;

use super::{by_hand, cached, hitbox, hitbox_as_json};
use crate::body::{HitsOnly, Who};
use crate::markdown::{digits, table, time};
use crate::peer::{Ids, Peer};
use crate::peers::ours;
use crate::turns::{Taken, turns};

const MOST_TASKS: u64 = 256;
const ROUNDS: usize = 100;

pub(super) fn run(runtime: &'static Runtime, _server: &RedisServer) {
    println!("### A hit in Redis\n");
    let packed = |id| async move { Some(ours::packed(id).await) };
    let peers = [
        super::ours(runtime),
        Peer::in_redis(runtime, "**cached-runtime**, MessagePack", Who::OursPacked, packed),
        by_hand(runtime),
        cached(runtime),
        hitbox(runtime),
        hitbox_as_json(runtime),
    ];
    for peer in &peers {
        runtime.block_on(peer.warm(0..MOST_TASKS));
    }
    let hits_only = HitsOnly::from_here();
    let peers: Vec<&Peer> = peers.iter().collect();
    let own: fn(u64) -> u64 = |task| task;
    let same: fn(u64) -> u64 = |_| 0;
    let columns = [(1, own), (16, own), (256, own), (256, same)]
        .map(|(tasks, id)| (tasks, turns(&peers, tasks, Ids::Next(id), ROUNDS)));
    let head = ["a call", "1 task", "16 tasks", "256 tasks", "256 tasks, one entry"];
    let rows: Vec<Vec<String>> = peers
        .iter()
        .enumerate()
        .map(|(at, peer)| {
            let mut row = vec![peer.name.to_owned()];
            row.extend(columns.iter().map(|(tasks, taken)| cell(*tasks, taken[at])));
            row
        })
        .collect();
    table(&head, &rows);
    hits_only.end();
}

/// How long one call takes; of many at a time, how many there are in a second.
fn cell(tasks: usize, taken: Taken) -> String {
    let nanos = taken.of_all(tasks);
    let figure = if tasks == 1 { time(nanos) } else { format!("{} k/s", digits(1e6 / nanos)) };
    format!("{figure} ({})", digits(taken.ratio))
}
