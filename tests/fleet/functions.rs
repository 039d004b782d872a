//! The memoized functions, as the processes of a fleet call them.

use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use cached_runtime::{Outcome, observe, redis_cache};
use support::Line;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{Id, try_id};
use tokio::time::sleep;

/// How long a body takes.
pub(crate) const BODY: Duration = Duration::from_millis(200);

/// The lease of `leased`.
pub(crate) const LEASE: Duration = Duration::from_secs(1);

/// The wait of `impatient`.
pub(crate) const WAIT: Duration = Duration::from_millis(300);

/// What a call returned: the right answer, or an error.
pub(crate) async fn call(function: &str, id: u64) -> (Result<u64, ()>, Outcome) {
    match function {
        "plain" => wrap(observe(plain(id)).await, Ok),
        "steered" => wrap(observe(steered(id)).await, Ok),
        "leased" => wrap(observe(leased(id)).await, Ok),
        "impatient" => wrap(observe(impatient(id)).await, Ok),
        "alike" => wrap(observe(alike(id)).await, |result| result.map_err(drop)),
        "unlike" => wrap(observe(unlike(id)).await, |result| result.map_err(drop)),
        other => panic!("no function {other:?}"),
    }
}

/// What a call for `id` is to return.
pub(crate) fn answer(id: u64) -> u64 {
    id * 7 + 1
}

#[redis_cache(ttl = 60)]
async fn plain(id: u64) -> u64 {
    body(id).await
}

/// Its body does what it is told.
#[redis_cache(ttl = 60)]
async fn steered(id: u64) -> u64 {
    steered_body(id).await
}

#[redis_cache(ttl = 60, lease = LEASE)]
async fn leased(id: u64) -> u64 {
    steered_body(id).await
}

#[redis_cache(ttl = 60, wait = WAIT)]
async fn impatient(id: u64) -> u64 {
    steered_body(id).await
}

#[derive(Clone, Debug)]
struct Failed;

/// It fails, with an error that can be shared.
#[redis_cache(ttl = 60)]
async fn alike(id: u64) -> Result<u64, Failed> {
    body(id).await;
    Err(Failed)
}

#[derive(Debug)]
struct Unique;

/// It fails, with an error that can't be shared.
#[redis_cache(ttl = 60)]
async fn unlike(id: u64) -> Result<u64, Unique> {
    body(id).await;
    Err(Unique)
}

fn wrap<T>(
    (returned, outcome): (T, Outcome),
    split: impl FnOnce(T) -> Result<u64, ()>,
) -> (Result<u64, ()>, Outcome) {
    (split(returned), outcome)
}

async fn body(id: u64) -> u64 {
    Line::say("body", &[("id", id)]);
    let began = Instant::now();
    sleep(BODY).await;
    let took = u64::try_from(began.elapsed().as_micros()).expect("it was not that long");
    Line::say("ended", &[("id", id), ("micros", took)]);
    answer(id)
}

/// What a steered body is told.
#[derive(Debug)]
pub(crate) enum Order {
    Finish,
    Panic,
}

type Orders = (UnboundedSender<Order>, tokio::sync::Mutex<UnboundedReceiver<Order>>);

static ORDERS: LazyLock<Orders> = LazyLock::new(|| {
    let (orders, inbox) = unbounded_channel();
    (orders, tokio::sync::Mutex::new(inbox))
});

/// The task of the last steered body.
static STEERED: Mutex<Option<Id>> = Mutex::new(None);

/// Tells one steered body of this process, of now or later, what to do.
pub(crate) fn steer(order: Order) {
    ORDERS.0.send(order).expect("the inbox is a static");
}

/// The task whose steered body began last.
pub(crate) fn leader() -> Option<Id> {
    *STEERED.lock().expect("nothing panics meanwhile")
}

async fn steered_body(id: u64) -> u64 {
    *STEERED.lock().expect("nothing panics meanwhile") = try_id();
    Line::say("body", &[("id", id)]);
    let order = ORDERS.1.lock().await.recv().await;
    match order.expect("the sender is a static") {
        Order::Finish => sleep(BODY).await,
        Order::Panic => panic!("as the test has ordered"),
    }
    answer(id)
}
