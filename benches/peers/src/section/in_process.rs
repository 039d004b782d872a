//! A hit in the process, by one thread and by two, of an `Arc` and of a clone of the record.

use std::sync::Arc;

use benches::Record;
use support::RedisServer;
use tokio::runtime::Runtime;

use crate::body::HitsOnly;
use crate::markdown::{digits, table, time};
use crate::peer::{Ids, Peer};
use crate::peers::in_process::{self as local, Bare};
use crate::peers::{cached, hitbox, ours};
use crate::turns::turns;

const ROUNDS: usize = 100;
const ENTRIES: u64 = 1_000;

/// A name, how many threads, and how many entries they go around.
type Column = (&'static str, usize, u64);

/// One entry is not for two threads: that would measure how two processors count the references of one `Arc`.
const COLUMNS: [Column; 3] = [
    ("1 thread, 1 entry", 1, 1),
    ("1 thread, 1,000 entries", 1, ENTRIES),
    ("2 threads, 1,000 entries", 2, ENTRIES),
];

pub(super) fn run(runtime: &'static Runtime, _server: &RedisServer) {
    println!("### A hit in the process\n");
    print("`u64 -> Arc<Record>`", runtime, &arcs(runtime));
    print("`u64 -> Record`", runtime, &clones(runtime));
}

fn arcs(runtime: &'static Runtime) -> Vec<Peer> {
    let bare: &'static _ = Box::leak(Box::new(Bare::new(Arc::<Record>::new, 0..ENTRIES)));
    vec![
        Peer::in_process(runtime, "**cached-runtime**, `local`", ours::local_arc),
        Peer::in_process(
            runtime,
            "bare quick_cache, no end",
            move |id| async move { bare.get(id) },
        ),
        Peer::in_process(runtime, "cached `#[cached]`, no bound, no end", local::cached_arc),
        Peer::in_process(
            runtime,
            "cached `#[cached(unsync_reads)]`, no bound, no end",
            local::cached_read_arc,
        ),
        Peer::in_process(runtime, "cached `#[cached]`, bound and end", local::cached_bounded_arc),
        Peer::in_process(
            runtime,
            "cached `#[concurrent_cached]`, bound and end",
            local::sharded_arc,
        ),
        Peer::in_process(runtime, "moka `get_with`", local::moka_arc),
    ]
}

fn clones(runtime: &'static Runtime) -> Vec<Peer> {
    let bare: &'static _ = Box::leak(Box::new(Bare::new(|record| record, 0..ENTRIES)));
    vec![
        Peer::in_process(runtime, "**cached-runtime**, `local`", ours::local),
        Peer::in_process(
            runtime,
            "bare quick_cache, no end",
            move |id| async move { bare.get(id) },
        ),
        Peer::in_process(runtime, "cached `#[cached]`, bound and end", local::cached_bounded),
        Peer::in_process(runtime, "cached `#[concurrent_cached]`, bound and end", local::sharded),
        Peer::in_process(runtime, "moka `get_with`", local::moka_record),
        Peer::in_process(runtime, "hitbox, moka", hitbox::in_process),
        Peer::in_process(runtime, "hitbox, moka before Redis", hitbox::in_process_before_redis),
        Peer::in_process(
            runtime,
            "cached `#[concurrent_cached]`, client-side caching",
            cached::client_side,
        ),
    ]
}

fn print(what: &str, runtime: &Runtime, peers: &[Peer]) {
    for peer in peers {
        runtime.block_on(peer.warm(0..ENTRIES));
    }
    let hits_only = HitsOnly::from_here();
    let asked = ours::hits_in_redis();
    let peers: Vec<&Peer> = peers.iter().collect();
    let columns =
        COLUMNS.map(|(_, threads, entries)| turns(&peers, threads, Ids::Around(entries), ROUNDS));
    let mut head = vec![what];
    head.extend(COLUMNS.map(|(name, ..)| name));
    let rows: Vec<Vec<String>> = peers
        .iter()
        .enumerate()
        .map(|(at, peer)| {
            let mut row = vec![peer.name.to_owned()];
            row.extend(columns.iter().map(|column| {
                format!("{} ({})", time(column[at].nanos), digits(column[at].ratio))
            }));
            row
        })
        .collect();
    table(&head, &rows);
    hits_only.end();
    let asked = ours::hits_in_redis() - asked;
    if asked > 0 {
        println!("{asked} of these calls of cached-runtime had to ask Redis.\n");
    }
}
