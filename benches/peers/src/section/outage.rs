//! Redis is killed under load and comes back, for all peers at once: which calls fail, how long they take at most, and
//! who finds the way back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use support::RedisServer;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{by_hand, cached, hitbox};
use crate::body::{Who, runs};
use crate::markdown::table;
use crate::peer::{Call, Peer};
use crate::peers::{cached as caches, hitbox as boxes, ours};

/// Tasks of each peer; each has entries of its own, so that a call which runs no body is a hit.
const TASKS: u64 = 8;
const ENTRIES: u64 = 8;
/// Between a task's calls.
const PAUSE: Duration = Duration::from_millis(2);
const BEFORE: Duration = Duration::from_secs(1);
const DOWN: Duration = Duration::from_secs(5);
const AFTER: Duration = Duration::from_secs(10);

/// A call's beginning and end, and what it came to.
struct Made {
    began: Instant,
    ended: Instant,
    is_ok: bool,
    is_hit: bool,
}

pub(super) fn run(runtime: &'static Runtime, server: &RedisServer) {
    println!("### Redis is killed under load, and back after {DOWN:?}\n");
    let defaults = |id| async move { Some(ours::with_defaults(id).await) };
    let manager = |id| async move { caches::with_manager(id).await.ok() };
    let bounded = |id| async move { Some(boxes::in_redis_bounded(id).await) };
    let peers = [
        Peer::in_redis(runtime, "**cached-runtime**", Who::Ours, defaults),
        by_hand(runtime),
        cached(runtime),
        Peer::in_redis(runtime, "cached, `connection_manager(true)`", Who::CachedManager, manager),
        hitbox(runtime),
        Peer::in_redis(
            runtime,
            "hitbox, timeouts of 100 ms, no retries",
            Who::HitboxBounded,
            bounded,
        ),
    ];
    let rows = runtime.block_on(async {
        for peer in &peers {
            peer.warm(0..TASKS * ENTRIES).await;
        }
        let over = Arc::new(AtomicBool::new(false));
        let mut loads: Vec<_> = peers.iter().map(|peer| load(peer, &over)).collect();
        sleep(BEFORE).await;
        server.kill().await;
        let killed = Instant::now();
        sleep(DOWN).await;
        server.start_again().await;
        let back = Instant::now();
        sleep(AFTER).await;
        over.store(true, Ordering::Relaxed);
        let mut rows = Vec::new();
        for (peer, load) in peers.iter().zip(&mut loads) {
            let mut made = Vec::new();
            while let Some(of_task) = load.join_next().await {
                made.extend(of_task.expect("no panic"));
            }
            rows.push(row(peer, &made, killed, back));
        }
        rows
    });
    table(
        &[
            "",
            "calls that failed",
            "calls answered while it was down",
            "longest call",
            "hits again",
        ],
        &rows,
    );
}

fn load(peer: &Peer, over: &Arc<AtomicBool>) -> JoinSet<Vec<Made>> {
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        tasks.spawn(calls(Arc::clone(&peer.call), peer.who, task * ENTRIES, Arc::clone(over)));
    }
    tasks
}

async fn calls(call: Call, who: Who, first: u64, over: Arc<AtomicBool>) -> Vec<Made> {
    let mut made = Vec::new();
    for id in (first..first + ENTRIES).cycle() {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let (before, began) = (runs(who, id), Instant::now());
        let is_ok = call(id).await;
        let is_hit = is_ok && runs(who, id) == before;
        made.push(Made { began, ended: Instant::now(), is_ok, is_hit });
        sleep(PAUSE).await;
    }
    made
}

fn row(peer: &Peer, made: &[Made], killed: Instant, back: Instant) -> Vec<String> {
    let failed = made.iter().filter(|call| !call.is_ok).count();
    let down = |call: &&Made| call.is_ok && call.ended > killed && call.ended < back;
    let answered = made.iter().filter(down).count();
    let longest = made.iter().map(|call| call.ended - call.began).max().unwrap_or_default();
    let hit =
        made.iter().filter(|call| call.is_hit && call.began > back).map(|call| call.ended).min();
    let hits = match hit {
        Some(hit) => format!("after {:.1} s", (hit - back).as_secs_f64()),
        None => format!("not within {AFTER:?}"),
    };
    let longest = format!("{:.1} ms", longest.as_secs_f64() * 1e3);
    vec![peer.name.to_owned(), failed.to_string(), answered.to_string(), longest, hits]
}
