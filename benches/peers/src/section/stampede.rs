//! 500 calls at a time that miss one entry: how often the body runs, and how long until all have their answers.

use std::time::{Duration, Instant};

use support::RedisServer;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::{by_hand, cached, hitbox, ours};
use crate::body::{FIRST_SLOW, SLOW, runs};
use crate::markdown::{table, time};
use crate::peer::Peer;
use crate::peers::{hitbox as boxes, in_process as local};

const CALLS: usize = 500;
const ROUNDS: u64 = 7;

pub(super) fn run(runtime: &'static Runtime, _server: &RedisServer) {
    println!("### A stampede: {CALLS} calls at a time miss one entry\n");
    let peers = [
        ours(runtime),
        by_hand(runtime),
        cached(runtime),
        hitbox(runtime),
        Peer::in_process(runtime, "in process: cached `#[cached]`", local::cached_bounded),
        Peer::in_process(
            runtime,
            "in process: cached `sync_writes = \"by_key\"`",
            local::cached_by_key,
        ),
        Peer::in_process(runtime, "in process: moka `get_with`", local::moka_record),
        Peer::in_process(runtime, "in process: hitbox, moka", boxes::in_process),
    ];
    let mut rounds: Vec<Vec<(u64, Duration)>> = vec![Vec::new(); peers.len()];
    for round in 0..=ROUNDS {
        for (of, peer) in rounds.iter_mut().zip(&peers) {
            of.push(runtime.block_on(stampede(peer, FIRST_SLOW + round)));
        }
    }
    let rows: Vec<Vec<String>> = peers.iter().zip(rounds).map(|(peer, of)| row(peer, of)).collect();
    let bodies = format!("bodies of {SLOW:?} that ran");
    table(&[&format!("{CALLS} misses"), &bodies, "until all had answers"], &rows);
}

async fn stampede(peer: &Peer, id: u64) -> (u64, Duration) {
    let before = runs(peer.who, id);
    let start = Instant::now();
    let mut calls = JoinSet::new();
    for _ in 0..CALLS {
        calls.spawn((peer.call)(id));
    }
    for answered in calls.join_all().await {
        assert!(answered, "{}: the server is up", peer.name);
    }
    (runs(peer.who, id) - before, start.elapsed())
}

/// The first round made the connections, and does not count.
fn row(peer: &Peer, mut rounds: Vec<(u64, Duration)>) -> Vec<String> {
    rounds.remove(0);
    let (fewest, most) = rounds.iter().fold((u64::MAX, 0), |(fewest, most), (bodies, _)| {
        (fewest.min(*bodies), most.max(*bodies))
    });
    let bodies = if fewest == most { most.to_string() } else { format!("{fewest} to {most}") };
    rounds.sort_by_key(|(_, taken)| *taken);
    let taken = rounds[rounds.len() / 2].1;
    vec![peer.name.to_owned(), bodies, time(taken.as_secs_f64() * 1e9)]
}
