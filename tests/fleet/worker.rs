//! A process of a fleet.
//!
//! It reads orders on its stdin: `call <function> <id> <calls>`, and for the bodies that are under way `finish`,
//! `panic`, `abort`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cached_runtime::{Cache, Outcome};
use support::{Line, Times, be_peer, orders};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::{AbortHandle, JoinSet};

use crate::functions::{Order, answer, call, leader, steer};

/// What makes this binary a process of a fleet: the URL of its Redis.
pub(crate) const URL: &str = "FLEET_URL";

/// The name of the test that is one.
pub(crate) const TEST: &str = "worker::process";

/// Does nothing, unless a fleet has started it.
#[test]
fn process() {
    be_peer(URL, |url| serve(url, orders()));
}

async fn serve(url: String, mut orders: UnboundedReceiver<String>) {
    let cache = Cache::builder().redis(url).namespace("fleet").op_timeout(Duration::from_secs(5));
    let cache = cache.build().expect("the URL is right");
    cache.ping().await.expect("Redis answers");
    Line::say("ready", &[]);
    let mut calls = Vec::new();
    while let Some(order) = orders.recv().await {
        match order.split(' ').collect::<Vec<_>>()[..] {
            ["call", function, id, count] => {
                let (id, count) = (id.parse().expect("a number"), count.parse().expect("a number"));
                calls = start(&cache, function, id, count);
            }
            ["finish"] => steer(Order::Finish),
            ["panic"] => steer(Order::Panic),
            ["abort"] => {
                let leads = |call: &&AbortHandle| leader() == Some(call.id());
                calls.iter().find(leads).expect("a body is under way").abort();
            }
            _ => panic!("no order: {order:?}"),
        }
    }
}

/// Starts the calls, each in a task, and says what became of them when they have ended.
fn start(cache: &Cache, function: &str, id: u64, count: usize) -> Vec<AbortHandle> {
    let mut calls = JoinSet::new();
    let handles = (0..count).map(|_| {
        let (cache, function) = (cache.clone(), function.to_owned());
        calls.spawn(async move {
            // The call's own time: not that in which the runtime has the other tasks to start.
            let began = Instant::now();
            let (returned, outcome) = cache.scope(call(&function, id)).await;
            (returned, outcome, began.elapsed())
        })
    });
    let handles = handles.collect();
    tokio::spawn(async move {
        let mut counts: BTreeMap<_, u64> = ["right", "wrong", "errors", "lost"]
            .into_iter()
            .chain(["hit", "shared", "miss", "bypass", "stale"])
            .map(|name| (name, 0))
            .collect();
        let (mut all, mut followers) = (Vec::new(), Vec::new());
        let mut count = |name| *counts.get_mut(name).expect("one of those above") += 1;
        while let Some(ended) = calls.join_next().await {
            let Ok((returned, outcome, took)) = ended else {
                count("lost");
                continue;
            };
            count(match returned {
                Ok(value) if value == answer(id) => "right",
                Ok(_) => "wrong",
                Err(()) => "errors",
            });
            count(name(outcome));
            all.push(took);
            if outcome != Outcome::Miss {
                followers.push(took);
            }
        }
        let mut numbers = vec![("id", id)];
        numbers.extend(counts);
        let micros = |time: Duration| u64::try_from(time.as_micros()).expect("it is not that long");
        if !followers.is_empty() {
            numbers.push(("median", micros(Times::new(followers).median())));
        }
        numbers.push(("max", micros(all.into_iter().max().unwrap_or_default())));
        Line::say("done", &numbers);
    });
    handles
}

fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Hit => "hit",
        Outcome::Shared => "shared",
        Outcome::Miss => "miss",
        Outcome::Bypass => "bypass",
        _ => "stale",
    }
}
