//! A miss whose body costs next to nothing: what the cache adds to it.

use std::sync::atomic::{AtomicU64, Ordering};

use support::RedisServer;
use tokio::runtime::Runtime;

use super::{by_hand, cached, hitbox};
use crate::body::Who;
use crate::markdown::{digits, table, time};
use crate::peer::{Ids, Peer};
use crate::peers;
use crate::turns::turns;

const ROUNDS: usize = 100;
const FIRST: u64 = 1 << 20;

pub(super) fn run(runtime: &'static Runtime, server: &RedisServer) {
    println!("### A miss\n");
    let off = |id| async move { Some(peers::ours::off(id).await) };
    let peers = [
        super::ours(runtime),
        Peer::in_redis(runtime, "**cached-runtime**, `flight = \"off\"`", Who::OursOff, off),
        by_hand(runtime),
        cached(runtime),
        hitbox(runtime),
    ];
    runtime.block_on(async {
        for peer in &peers {
            peer.warm(0..1).await;
        }
    });
    let peers: Vec<&Peer> = peers.iter().collect();
    let columns = [1, 16].map(|tasks| {
        runtime.block_on(server.flush());
        (tasks, turns(&peers, tasks, Ids::Next(next), ROUNDS))
    });
    runtime.block_on(server.flush());
    let rows: Vec<Vec<String>> = peers
        .iter()
        .enumerate()
        .map(|(at, peer)| {
            let mut row = vec![peer.name.to_owned()];
            row.extend(columns.iter().map(|(tasks, taken)| {
                format!("{} ({})", time(taken[at].of_all(*tasks)), digits(taken[at].ratio))
            }));
            row
        })
        .collect();
    table(&["a miss", "1 task", "16 tasks, for each miss"], &rows);
}

/// No two calls have the same.
fn next(_task: u64) -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(FIRST);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
