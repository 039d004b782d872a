//! What the benchmarks share: a record, a server, and ratios within one run.

pub mod bare;

use std::future::Future;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// A row of about 1 KB as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    id: u64,
    name: String,
    email: String,
    active: bool,
    balance: f64,
    tags: Vec<String>,
    notes: String,
    visits: Vec<u32>,
}

impl Record {
    /// The row of `id`.
    pub fn new(id: u64) -> Self {
        Self {
            id,
            name: format!("Customer Number {id}"),
            email: format!("customer.{id}@example.com"),
            active: true,
            balance: 1234.5,
            tags: (0..12).map(|tag| format!("segment-{tag}")).collect(),
            notes: "A note that somebody typed. ".repeat(18),
            visits: (20_000..20_032).collect(),
        }
    }
}

/// A Tokio runtime as a server has it.
///
/// # Panics
///
/// If the machine gives none.
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a Tokio runtime")
}

/// How long `tasks` tasks take that make `calls` calls each, one after the other. `call` gets the number of the task.
pub async fn time<Fut: Future<Output = ()> + Send>(
    tasks: usize,
    calls: u64,
    call: impl Fn(u64) -> Fut + Clone + Send + 'static,
) -> Duration {
    let start = Instant::now();
    let mut running = JoinSet::new();
    for task in 0..tasks as u64 {
        let call = call.clone();
        running.spawn(async move {
            for _ in 0..calls {
                call(task).await;
            }
        });
    }
    while running.join_next().await.is_some() {}
    start.elapsed()
}

/// Prints the median of `ours / theirs`, with its quartiles, over rounds that take turns: a slow moment of the
/// machine falls on both.
pub fn report_ratio(
    name: &str,
    rounds: usize,
    mut ours_theirs: impl FnMut() -> (Duration, Duration),
) {
    let mut ratios: Vec<f64> = (0..rounds)
        .map(|_| {
            let (ours, theirs) = ours_theirs();
            ours.as_secs_f64() / theirs.as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    let at = |percent: usize| ratios[(ratios.len() - 1) * percent / 100];
    println!("ratio {name}: {:.3} (quartiles {:.3} to {:.3})", at(50), at(25), at(75));
}
