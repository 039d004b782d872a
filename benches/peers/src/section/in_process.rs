//! A hit in the process, by one thread and by two, of an `Arc` and of a clone of the record.

use std::sync::Arc;

use benches::Record;
use support::RedisServer;
use tokio::runtime::Runtime;

use crate::body::HitsOnly;
use crate::markdown::{digits, table, time};
use crate::peer::{Peer, entries};
use crate::peers::in_process::{self as local, Bare};
use crate::peers::{cached, hitbox};
use crate::turns::{Taken, turns};

const ROUNDS: usize = 60;

pub(super) fn run(runtime: &'static Runtime, _server: &RedisServer) {
    println!("### A hit in the process\n");
    let columns = [("1 thread", 1), ("2 threads", 2)];
    print("`u64 -> Arc<Record>`", &columns, runtime, &arcs(runtime));
    print("`u64 -> Record`", &columns, runtime, &clones(runtime));
}

fn arcs(runtime: &'static Runtime) -> Vec<Peer> {
    let bare: &'static _ = Box::leak(Box::new(Bare::new(Arc::<Record>::new, entries())));
    vec![
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
    let bare: &'static _ = Box::leak(Box::new(Bare::new(|record| record, entries())));
    vec![
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

fn print(what: &str, columns: &[(&str, usize)], runtime: &Runtime, peers: &[Peer]) {
    for peer in peers {
        runtime.block_on(peer.warm(entries()));
    }
    let hits_only = HitsOnly::from_here();
    let peers: Vec<&Peer> = peers.iter().collect();
    let taken: Vec<Vec<Taken>> =
        columns.iter().map(|(_, threads)| turns(&peers, *threads, |id| id, ROUNDS)).collect();
    let mut head = vec![what];
    head.extend(columns.iter().map(|(name, _)| *name));
    let rows: Vec<Vec<String>> = peers
        .iter()
        .enumerate()
        .map(|(at, peer)| {
            let mut row = vec![peer.name.to_owned()];
            row.extend(taken.iter().map(|column| {
                format!("{} ({})", time(column[at].nanos), digits(column[at].ratio))
            }));
            row
        })
        .collect();
    table(&head, &rows);
    hits_only.end();
}
