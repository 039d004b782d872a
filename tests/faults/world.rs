//! A memoized function, a server, a proxy in front of it and a cache that goes through the proxy.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cached_runtime::{Cache, Outcome, observe, redis_cache};
use support::{Builder, Proxy, RedisServer, Times, eventually};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The `op_timeout` where it is what is tested. A stall of a busy machine that is longer than that can't be told from
/// one of Redis.
pub(crate) const STEP: Duration = Duration::from_millis(250);

/// The `op_timeout` where steps hang, and how long that takes is not what is tested.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);

/// The `op_timeout` where no step hangs, so that it costs nothing: no stall of a busy machine is to pass for a failure of
/// Redis.
pub(crate) const CALM: Duration = Duration::from_secs(10);

/// What a call may cost more than its body before the breaker is open.
pub(crate) const LIMIT: Duration = STEP.saturating_mul(3);

/// How soon hits are back after Redis is back.
pub(crate) const RECOVERY: Duration = Duration::from_secs(2);

/// What a call may cost, in the median, while the breaker is open. The promise is about optimised
/// code; a debug build has ten times as long.
pub(crate) const OPEN: Duration =
    Duration::from_micros(if cfg!(debug_assertions) { 500 } else { 50 });

/// The call whose entry is there before a fault and is to be a hit after it.
pub(crate) const KNOWN: u64 = 1;

/// The memoized function.
#[redis_cache(ttl = 60, skip(runs))]
pub(crate) async fn double(runs: &AtomicU64, id: u64) -> u64 {
    runs.fetch_add(1, Ordering::SeqCst);
    id * 2
}

/// A cache that gives up soon, for tests of how long calls take.
pub(crate) fn cache(url: &str) -> Cache {
    cache_with(url, STEP)
}

/// A cache for tests of what calls do: a step fails only if the test makes it fail.
pub(crate) fn patient_cache(url: &str) -> Cache {
    cache_with(url, PATIENCE)
}

pub(crate) fn cache_with(url: &str, timeout: Duration) -> Cache {
    let builder = Cache::builder().redis(url).namespace("t").op_timeout(timeout);
    builder.build().expect("the URL is right")
}

/// Tests that measure the whole process run alone, the others side by side.
static TURNS: RwLock<()> = RwLock::const_new(());

enum Turn {
    Alone {
        _guard: RwLockWriteGuard<'static, ()>,
    },
    Together {
        _guard: RwLockReadGuard<'static, ()>,
    },
    /// That of another world of the same test: to wait for a second one could be for ever.
    Shared,
}

pub(crate) struct World {
    pub(crate) cache: Cache,
    pub(crate) proxy: Proxy,
    pub(crate) server: RedisServer,
    next: AtomicU64,
    _turn: Turn,
}

impl World {
    /// A server without options.
    pub(crate) async fn start() -> Self {
        Self::of(RedisServer::builder(), "").await
    }

    /// The same while no other test runs.
    pub(crate) async fn start_alone() -> Self {
        let turn = Turn::Alone { _guard: TURNS.write().await };
        Self::create(RedisServer::builder(), "", turn, STEP).await
    }

    /// One more world for this world's test.
    pub(crate) async fn another(&self) -> Self {
        Self::create(RedisServer::builder(), "", Turn::Shared, STEP).await
    }

    /// A server with options; `login` is `user:password@` or empty.
    pub(crate) async fn of(builder: Builder, login: &str) -> Self {
        Self::with(builder, login, STEP).await
    }

    /// A server without options, and a patient cache.
    pub(crate) async fn start_patient() -> Self {
        Self::with(RedisServer::builder(), "", PATIENCE).await
    }

    /// A server with options, and a cache of that `op_timeout`.
    pub(crate) async fn with(builder: Builder, login: &str, timeout: Duration) -> Self {
        let turn = Turn::Together { _guard: TURNS.read().await };
        Self::create(builder, login, turn, timeout).await
    }

    async fn create(builder: Builder, login: &str, turn: Turn, timeout: Duration) -> Self {
        let server = builder.start().await;
        let proxy = Proxy::start(server.addr());
        let cache = cache_with(&format!("redis://{login}{}/", proxy.addr()), timeout);
        Self { cache, proxy, server, next: AtomicU64::new(1000), _turn: turn }
    }

    /// Calls the function. Its result is right, and its body ran unless it was a hit.
    pub(crate) async fn call(&self, id: u64) -> Outcome {
        let runs = AtomicU64::new(0);
        let (value, outcome) = self.cache.scope(observe(double(&runs, id))).await;
        assert_eq!(value, id * 2, "a wrong result, by a {outcome}");
        let runs = runs.into_inner();
        assert_eq!(runs, u64::from(outcome != Outcome::Hit), "runs of the body of a {outcome}");
        outcome
    }

    /// An id that was not used yet.
    pub(crate) fn fresh(&self) -> u64 {
        self.next.fetch_add(1, Ordering::SeqCst)
    }

    /// Calls with new ids, one after the other.
    pub(crate) async fn fresh_calls(&self, calls: u64) -> Times {
        Times::of(calls, |_| self.call(self.fresh())).await
    }

    /// The cache works: a miss is followed by a hit.
    pub(crate) async fn works(&self) {
        let id = self.fresh();
        assert_eq!(self.call(id).await, Outcome::Miss);
        assert_eq!(self.call(id).await, Outcome::Hit);
    }

    /// Calls during a fault succeed in time, before the breaker opens and after.
    pub(crate) async fn calls_are_bounded(&self, fault: &str) {
        let mut times = Vec::new();
        for call in 0..20 {
            let id = if call % 2 == 0 { KNOWN } else { self.fresh() };
            let start = Instant::now();
            self.call(id).await;
            times.push(start.elapsed());
        }
        let times = Times::new(times);
        eprintln!("{fault}: {times}");
        assert!(times.max() <= LIMIT, "{fault}: {times}");
    }

    /// The breaker is open: calls are bypasses, cheap, and don't reach the server.
    pub(crate) async fn breaker_is_open(&self, fault: &str) {
        let reads = || self.proxy.commands().get("GET").copied();
        let before = reads();
        let times = Times::of(1000, |_| async {
            assert_eq!(self.call(self.fresh()).await, Outcome::Bypass);
        });
        let times = times.await;
        eprintln!("{fault}: open breaker: {times}");
        assert_eq!(reads(), before, "{fault}: calls reached the server with an open breaker");
        assert!(times.median() <= OPEN, "{fault}: open breaker: {times}");
    }

    /// Hits are back in time, counted from now.
    pub(crate) async fn recovers(&self, fault: &str) {
        let back = Instant::now();
        eventually(RECOVERY, || async {
            match self.call(KNOWN).await {
                Outcome::Hit => Ok(()),
                other => Err(format!("{fault}: still a {other}")),
            }
        })
        .await;
        let took = back.elapsed();
        eprintln!("{fault}: hits were back after {took:?}");
        assert!(took <= RECOVERY, "{fault}: hits were back after {took:?}");
        self.works().await;
    }
}

/// An outage of which the server shows nothing but silence or refusal: calls are unharmed, the
/// breaker opens, and hits come back.
pub(crate) async fn outage(
    world: &World,
    fault: &str,
    begin: impl AsyncFnOnce(),
    end: impl AsyncFnOnce(),
) {
    world.call(KNOWN).await;
    assert_eq!(world.call(KNOWN).await, Outcome::Hit);
    begin().await;
    world.calls_are_bounded(fault).await;
    world.breaker_is_open(fault).await;
    assert_ne!(world.cache.stats().total.errors, 0);
    end().await;
    world.recovers(fault).await;
}
