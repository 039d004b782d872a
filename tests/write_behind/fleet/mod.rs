//! 50,000 pushes from four processes, while the processes of the workers are killed (SIGKILL) at random and started again.
//!
//! The test binary starts itself again as these processes. The database is a file to which all of them append: so its
//! order is that in which the database has got the records.

mod process;
mod roles;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use cached_runtime::WriteBehind;
use support::RedisServer;
use tokio::time::{sleep, timeout};

use crate::world::{cache, flush, soon};
use process::Process;
use roles::{KEYS, POISON, PUSHERS, PUSHES, queue};

/// How many processes work.
const WORKERS: usize = 3;

/// After at most so long, the next process of a worker is killed.
const LONGEST_LIFE: Duration = Duration::from_millis(400);

/// How many are killed at least.
const KILLS: u32 = 20;

/// For all of it.
const LIMIT: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_record_arrives_in_order_though_workers_are_killed() {
    timeout(LIMIT, campaign()).await.expect("pushes, kills and the flush end in two minutes");
}

async fn campaign() {
    let server = RedisServer::start().await;
    let file = server.dir().join("database");
    let start = |role: &str| Process::start(role, &server.url(), &file);
    let mut pushers: Vec<_> = (0..PUSHERS).map(|number| start(&format!("push {number}"))).collect();
    for pusher in &mut pushers {
        assert_eq!(pusher.says().await, "ready");
    }
    let mut workers: Vec<_> = (0..WORKERS).map(|_| start("work")).collect();
    let began = Instant::now();
    pushers.iter_mut().for_each(Process::go);
    let mut pushed = Box::pin(async {
        for pusher in &mut pushers {
            assert_eq!(pusher.says().await, "done");
        }
        began.elapsed()
    });

    let (mut kills, mut took) = (0, None);
    while took.is_none() || kills < KILLS {
        let life = LONGEST_LIFE.mul_f64(0.2 + 0.8 * fastrand::f64());
        if took.is_some() {
            sleep(life).await;
        } else {
            took = timeout(life, &mut pushed).await.ok();
        }
        workers[fastrand::usize(..WORKERS)] = start("work"); // which kills the one that was there
        kills += 1;
    }
    let pushed = took.expect("the loop ends when they are");
    let queue = queue(&cache(&server.url(), "fleet"));
    flush(&queue).await;
    let all = began.elapsed();

    let rows = rows(&file);
    let written: u64 = rows.values().map(|values| values.len() as u64).sum();
    for (key, values) in &rows {
        check(key, values);
    }
    assert_eq!(rows.len() as u64, PUSHERS * KEYS, "keys");
    assert_eq!(queue.backlog().await.unwrap(), 0);
    the_poison_is_dead(&queue).await;
    let rate = |time: Duration| u128::from(PUSHES) * 1_000_000 / time.as_micros();
    eprintln!(
        "write-behind: {PUSHES} pushes from {PUSHERS} processes with {KEYS} tasks each in {pushed:.2?} ({}/s), in \
         the database after {all:.2?} ({}/s); {kills} workers killed; {} records came again",
        rate(pushed),
        rate(all),
        written + 1 - PUSHES,
    );
}

/// All records but the poison, the first time in the order of their pushes; what came again begins with one that had been
/// there and goes on without a gap.
fn check(key: &str, values: &[u64]) {
    let per_key = PUSHES / PUSHERS / KEYS;
    let next = |value: u64| if (key, value + 1) == POISON { value + 2 } else { value + 1 };
    assert_eq!(values.first(), Some(&0), "{key} begins");
    for pair in values.windows(2) {
        let (one, other) = (pair[0], pair[1]);
        assert!(other <= one || other == next(one), "{key}: {other} after {one}");
    }
    assert_eq!(values.iter().max(), Some(&(per_key - 1)), "{key} ends");
}

async fn the_poison_is_dead(queue: &WriteBehind<u64>) {
    let letters = soon("the dead letters", queue.dead_letters(10)).await.unwrap();
    assert_eq!(letters.len(), 1, "{letters:?}");
    let letter = &letters[0];
    assert_eq!((letter.key(), letter.record().unwrap()), POISON);
    assert!(letter.error().contains("poison"), "{letter:?}");
}

/// What the database has, by key. A write that was cut by a kill has no end.
fn rows(file: &Path) -> BTreeMap<String, Vec<u64>> {
    let text = std::fs::read_to_string(file).expect("the workers have written");
    let mut rows: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for line in text.lines() {
        let row = line.strip_suffix(';').and_then(|line| line.split_once(' '));
        if let Some((key, value)) = row {
            rows.entry(key.to_owned()).or_default().push(value.parse().expect("a number"));
        }
    }
    rows
}
