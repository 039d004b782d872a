//! A process of the fleet, which takes orders on its stdin:
//!
//! - `begin`: reads and writes at random. `settle`: no more writes.
//! - `check`: no more reads; all entries are compared with the database.
//! - `mark <value>`: writes the marker. `see <value>`: waits until this process keeps that value of it.
//! - `change <id> <value>`: writes an entry. `follow <id> <value>`: reads it, until this process keeps that value.

use std::env;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cached_runtime::{Cache, Outcome};
use support::{Line, be_peer, orders};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::functions::{ENTRIES, MARKER, PATIENCE, call, open_database, truth, write};
use crate::traffic::Traffic;

/// What makes this binary a process of the fleet: the URL of its Redis, that of the database, and its number.
pub(crate) const URL: &str = "COHERENCE_URL";
pub(crate) const DATABASE: &str = "COHERENCE_DATABASE";
pub(crate) const NUMBER: &str = "COHERENCE_NUMBER";

/// The name of the test that is one.
pub(crate) const TEST: &str = "worker::process";

/// Does nothing, unless a fleet has started it.
#[test]
fn process() {
    be_peer(URL, serve);
}

async fn serve(url: String) {
    open_database(&env::var(DATABASE).expect("the fleet sets it"));
    let cache = Cache::builder().redis(url).namespace("coherence").op_timeout(PATIENCE);
    let cache = cache.build().expect("the URL is right");
    cache.install().expect("it is the first");
    cache.ping().await.expect("Redis answers");
    let number = env::var(NUMBER).expect("the fleet sets it").parse().expect("a number");
    let (mut traffic, mut orders) = (Traffic::new(number), orders());
    Line::say("ready", &[]);
    while let Some(order) = orders.recv().await {
        let (word, rest) = order.split_once(' ').unwrap_or((&order, ""));
        let numbers = rest.split_terminator(' ').map(|word| word.parse().expect("a number"));
        match (word, &numbers.collect::<Vec<u64>>()[..]) {
            ("begin", []) => traffic.begin(),
            ("settle", []) => Line::say("settled", &[("writes", traffic.settle().await)]),
            ("check", []) => check(&mut traffic).await,
            ("mark", &[value]) => {
                write(MARKER, value).await;
                Line::say("marked", &[]);
            }
            ("see", &[value]) => {
                see(value).await;
                Line::say("seen", &[]);
            }
            ("change", &[id, value]) => {
                write(id, value).await;
                Line::say("changed", &[("at", now())]);
            }
            ("follow", &[id, value]) => follow(id, value).await,
            _ => panic!("no order: {order:?}"),
        }
    }
}

/// The marker's value was read, over the connection that tells of changes, after the marker had been written: so all
/// that it had to tell by then has come.
async fn see(value: u64) {
    while call(MARKER).await != (value, Outcome::LocalHit) {
        sleep(Duration::from_micros(200)).await;
    }
}

/// Tells how many of the entries are not what the database has, of those that are kept in the process, and of the others.
async fn check(traffic: &mut Traffic) {
    let began = Instant::now();
    let mut calls = JoinSet::new();
    for id in 0..ENTRIES {
        calls.spawn(async move { (id, call(id).await, began.elapsed()) });
    }
    let called = calls.join_all().await;
    let reads = traffic.end().await;
    let (mut local, mut stale_local, mut stale, mut slowest) = (0, 0, 0, Duration::ZERO);
    for (id, (value, outcome), took) in called {
        let is_stale = value != truth(id).await;
        let is_local = outcome == Outcome::LocalHit;
        local += u64::from(is_local);
        stale_local += u64::from(is_local && is_stale);
        stale += u64::from(!is_local && is_stale);
        slowest = if is_local { slowest.max(took) } else { slowest };
    }
    let micros = u64::try_from(slowest.as_micros()).expect("it was not that long");
    let numbers = [("local", local), ("stale_local", stale_local), ("stale", stale)];
    Line::say("checked", &[&numbers[..], &[("reads", reads), ("micros", micros)]].concat());
}

/// Tells when the last call began that was answered with another value, which the process kept, and when the last one that
/// was answered with it from elsewhere.
async fn follow(id: u64, value: u64) {
    let (mut old_local, mut old, mut is_new) = (0, 0, false);
    Line::say("following", &[]);
    loop {
        let began = now();
        match call(id).await {
            (found, Outcome::LocalHit) if found != value => old_local = began,
            (found, _) if found != value => old = began,
            (_, Outcome::LocalHit) => break,
            _ if !is_new => {
                is_new = true;
                Line::say("new", &[("at", now())]);
            }
            _ => {}
        }
        sleep(Duration::from_micros(500)).await;
    }
    Line::say("followed", &[("old_local", old_local), ("old", old), ("at", now())]);
}

/// In microseconds. All processes have this clock.
fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970");
    u64::try_from(now.as_micros()).expect("it is not that late")
}
