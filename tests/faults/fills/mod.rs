//! Fills in trouble: what is answered is right and in time, a slot is not held up for longer than needed, and many
//! calls do not run many bodies.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use cached_runtime::{Cache, Outcome, observe, redis_cache};
use support::{Builder, RedisServer, Reply, Times, eventually};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::world::{CALM, PATIENCE, World};

mod leases;
mod lost;
mod refused;

/// The `op_timeout` where steps hang: what a fault of one step costs.
const STEP: Duration = PATIENCE;

/// What a call may cost more than its body, with one fault: less than [`WAIT`], so that it did not wait for a fill.
const LIMIT: Duration = STEP.saturating_mul(3);

/// So soon that no lease has ended by itself, which takes ten seconds.
const SOON: Duration = STEP.saturating_mul(5);

/// How long a body takes.
const BODY: Duration = Duration::from_millis(50);

/// How long a call waits for the fill of another.
const WAIT: Duration = STEP.saturating_mul(5);

/// Calls at once.
const CROWD: u64 = 50;

/// What bodies do, and have done.
struct Bodies {
    runs: AtomicU64,
    time: Duration,
    /// If there is one, they wait here.
    gate: Option<Semaphore>,
}

impl Default for Bodies {
    fn default() -> Self {
        Self { runs: AtomicU64::new(0), time: BODY, gate: None }
    }
}

impl Bodies {
    fn gated() -> Arc<Self> {
        Arc::new(Self { gate: Some(Semaphore::new(0)), ..Self::default() })
    }

    fn that_take(time: Duration) -> Arc<Self> {
        Arc::new(Self { time, ..Self::default() })
    }

    fn runs(&self) -> u64 {
        self.runs.load(Ordering::SeqCst)
    }

    /// Waits until that many have begun.
    async fn began(&self, runs: u64) {
        eventually(SOON, || async { self.runs() >= runs }).await;
    }

    /// Lets all of now and later go on.
    fn open(&self) {
        self.gate.as_ref().expect("there is a gate").close();
    }

    async fn run(&self) {
        self.runs.fetch_add(1, Ordering::SeqCst);
        match &self.gate {
            // It is never given a permit: it opens by being closed.
            Some(gate) => drop(gate.acquire().await),
            None => tokio::time::sleep(self.time).await,
        }
    }
}

#[redis_cache(ttl = 60, wait = WAIT, skip(bodies))]
async fn triple(bodies: &Bodies, id: u64) -> u64 {
    bodies.run().await;
    id * 3
}

async fn slot(cache: &Cache, id: u64) -> String {
    cache.scope(async { triple::entry(id).key().to_owned() }).await
}

/// Calls; the value is right. The outcome, and the time that it took.
async fn call(cache: &Cache, bodies: &Bodies, id: u64) -> (Outcome, Duration) {
    let began = Instant::now();
    let (value, outcome) = cache.scope(observe(triple(bodies, id))).await;
    assert_eq!(value, id * 3, "a wrong result, by a {outcome}");
    (outcome, began.elapsed())
}

/// Many calls at once.
struct Crowd(JoinSet<Called>);

type Called = (Outcome, Duration);

impl Crowd {
    /// All of them have begun before any body has: on a busy machine, a task that is started among others may first
    /// run when their body has long returned.
    fn of(cache: &Cache, bodies: &Arc<Bodies>, ids: impl Iterator<Item = u64>) -> Self {
        let begun: Vec<_> = ids
            .map(|id| {
                let (cache, bodies) = (cache.clone(), Arc::clone(bodies));
                begin(Box::pin(async move { call(&cache, &bodies, id).await }))
            })
            .collect();
        Self(begun.into_iter().collect())
    }

    /// On one entry.
    fn on(cache: &Cache, bodies: &Arc<Bodies>, id: u64) -> Self {
        Self::of(cache, bodies, (0..CROWD).map(|_| id))
    }

    /// Waits for all of them, none of which took longer.
    async fn within(self, limit: Duration, fault: &str) -> Vec<Outcome> {
        let (outcomes, times): (Vec<_>, Vec<_>) = self.0.join_all().await.into_iter().unzip();
        let times = Times::new(times);
        eprintln!("{fault}: {times}");
        assert!(times.max() <= limit, "{fault}: {times}, not within {limit:?}");
        outcomes
    }
}

/// Begins a call; whoever goes on with it brings a waker.
fn begin(
    mut call: Pin<Box<dyn Future<Output = Called> + Send>>,
) -> Pin<Box<dyn Future<Output = Called> + Send>> {
    match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Pending => call,
        Poll::Ready(called) => Box::pin(ready(called)),
    }
}

/// A world that is connected, and whose server knows the scripts.
async fn world() -> World {
    world_of(RedisServer::builder(), "", CALM).await
}

async fn world_of(builder: Builder, login: &str, timeout: Duration) -> World {
    let world = World::with(builder, login, timeout).await;
    call(&world.cache, &Bodies::default(), 0).await;
    world
}

/// What is in the slot.
async fn content(world: &World, slot: &str) -> Option<Vec<u8>> {
    match world.server.command(&["GET", slot]).await {
        Reply::Bulk(bytes) => Some(bytes),
        _ => None,
    }
}

/// Soon, nothing holds up the slot, and calls fill it.
async fn is_free(world: &World, id: u64, fault: &str) {
    let slot = slot(&world.cache, id).await;
    let began = Instant::now();
    eventually(SOON, || async { content(world, &slot).await.is_none_or(|bytes| bytes[0] != 2) })
        .await;
    eprintln!("{fault}: the slot was free after {:?}", began.elapsed());
    eventually(SOON, || async {
        let (outcome, took) = call(&world.cache, &Bodies::default(), id).await;
        assert!(took <= BODY + LIMIT, "{fault}: {took:?}");
        outcome == Outcome::Hit
    })
    .await;
    assert_eq!(content(world, &slot).await, Some((id * 3).to_string().into_bytes()), "{fault}");
}
