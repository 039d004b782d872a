//! How hits and misses are asserted.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use cached_runtime::{Cache, Outcome, observe};

/// Counts the runs of a body.
pub(crate) struct Runs(AtomicUsize);

impl Runs {
    pub(crate) const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    pub(crate) fn count(&self) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs `test` with an empty cache of its own, and one test at a time: some share the count of a body.
pub(crate) fn with_cache<F: Future>(test: F) -> Pin<Box<impl Future<Output = F::Output>>> {
    static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    Box::pin(async {
        let _turn = TURN.lock().await;
        Cache::in_memory().scope(test).await
    })
}

/// The result of a call that has to be a hit.
pub(crate) async fn hit<F: Future>(call: F) -> F::Output {
    expect(Outcome::Hit, call).await
}

/// The result of a call that has to be a hit in the process.
pub(crate) async fn local_hit<F: Future>(call: F) -> F::Output {
    expect(Outcome::LocalHit, call).await
}

/// The result of a call that has to be a miss.
pub(crate) async fn miss<F: Future>(call: F) -> F::Output {
    expect(Outcome::Miss, call).await
}

#[track_caller]
fn expect<F: Future>(wanted: Outcome, call: F) -> impl Future<Output = F::Output> {
    let caller = std::panic::Location::caller();
    async move {
        let (value, outcome) = observe(call).await;
        assert_eq!(outcome, wanted, "at {caller}");
        value
    }
}

/// Makes a call twice: it has to be a miss that runs the body, then a hit that doesn't, with the same result.
macro_rules! cached {
    ($runs:expr, $call:expr) => {{
        let before = $runs.get();
        let first = crate::check::miss($call).await;
        assert_eq!($runs.get(), before + 1, "a miss runs the body once");
        let second = crate::check::hit($call).await;
        assert_eq!($runs.get(), before + 1, "a hit doesn't run the body");
        assert_eq!(first, second);
        second
    }};
}

/// As [`cached!`], of a function with `local`: from the third call on, the store is not asked.
macro_rules! kept {
    ($runs:expr, $call:expr) => {{
        let read = cached!($runs, $call);
        let kept = crate::check::local_hit($call).await;
        assert_eq!(read, kept);
        kept
    }};
}
