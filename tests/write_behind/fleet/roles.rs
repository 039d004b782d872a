//! What the processes do.

use std::env;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use cached_runtime::{Batch, Cache, WriteBehind};
use support::{Line, be_peer, orders};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::world::{CALM, cache};

/// What makes this binary one of the processes: `push <number>` or `work`.
pub(super) const ROLE: &str = "WRITE_BEHIND_ROLE";
pub(super) const URL: &str = "WRITE_BEHIND_URL";
pub(super) const FILE: &str = "WRITE_BEHIND_FILE";

/// The name of the test that is one.
pub(super) const TEST: &str = "fleet::roles::process";

/// In all.
pub(super) const PUSHES: u64 = 50_000;
pub(super) const PUSHERS: u64 = 4;

/// Of each pusher's own, each pushed by a task of its own.
pub(super) const KEYS: u64 = 50;

/// The key and value of the record that can't be written.
pub(super) const POISON: (&str, u64) = ("2:7", 100);

/// Longer than a busy machine stands still: a worker that did would not know that it is dead.
const LEASE: Duration = Duration::from_millis(1500);

/// How long half of a batch takes.
const WRITE: Duration = Duration::from_millis(5);

pub(super) fn queue(cache: &Cache) -> WriteBehind<u64> {
    let ms = Duration::from_millis;
    let builder = cache.write_behind("fleet").lease(LEASE).batch(100).wait(CALM);
    builder.backoff(ms(20), ms(100)).max_attempts(5).build().expect("good settings")
}

/// Does nothing, unless the campaign has started it.
#[test]
fn process() {
    be_peer(ROLE, async |role| {
        let url = env::var(URL).expect("the campaign sets it");
        let queue = queue(&cache(&url, "fleet"));
        match role.split_once(' ') {
            Some(("push", number)) => push(&queue, number).await,
            _ => work(&queue).await,
        }
    });
}

async fn push(queue: &WriteBehind<u64>, number: &str) {
    queue.backlog().await.expect("Redis answers");
    Line::say("ready", &[]);
    orders().recv().await.expect("the campaign says go");
    let mut tasks = JoinSet::new();
    for key in 0..KEYS {
        let (queue, key) = (queue.clone(), format!("{number}:{key}"));
        tasks.spawn(async move {
            for value in 0..PUSHES / PUSHERS / KEYS {
                queue.push(&key, &value).await.expect("Redis answers");
            }
        });
    }
    tasks.join_all().await;
    Line::say("done", &[]);
}

/// Until it is killed.
async fn work(queue: &WriteBehind<u64>) {
    let path = env::var(FILE).expect("the campaign sets it");
    let file = File::options().create(true).append(true).open(path).expect("a file opens");
    let file = Arc::new(file);
    let _worker = queue.work(move |batch: Batch<u64>| {
        let file = Arc::clone(&file);
        async move { write(&file, &batch).await }
    });
    std::future::pending::<()>().await;
}

/// In two pieces, and as slowly as a database: so many a kill finds a batch half-way.
async fn write(mut file: &File, batch: &Batch<u64>) -> Result<(), String> {
    let is_poison = |key: &str, value| (key, value) == POISON;
    if batch.iter().any(|record| is_poison(&record.key, record.value)) {
        return Err("this is poison".to_owned());
    }
    let mut halves = [String::new(), String::new()];
    for (number, record) in batch.iter().enumerate() {
        let half = &mut halves[usize::from(number >= batch.len() / 2)];
        let _ = writeln!(half, "{} {};", record.key, record.value);
    }
    for half in halves {
        sleep(WRITE).await;
        // On a line of its own, whatever a kill has cut off before.
        let text = format!("\n{half}");
        file.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
    }
    Ok(())
}
