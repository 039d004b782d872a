//! A body whose runs are counted, that can be held and can fail.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use cached_runtime::Cache;
use tokio::sync::Semaphore;

/// A cache on the server at `url`, with more patience than a busy machine needs.
pub(crate) fn on_redis(url: String) -> Cache {
    Cache::builder().redis(url).op_timeout(Duration::from_secs(10)).build().expect("good settings")
}

/// What the bodies of one function do.
pub(crate) struct Body {
    runs: AtomicU64,
    fails: AtomicBool,
    is_held: AtomicBool,
    gate: Semaphore,
}

impl Body {
    pub(crate) const fn new() -> Self {
        Self {
            runs: AtomicU64::new(0),
            fails: AtomicBool::new(false),
            is_held: AtomicBool::new(false),
            gate: Semaphore::const_new(0),
        }
    }

    /// One run: waits at the gate if it is held, and returns how many runs there were with it.
    pub(crate) async fn run(&self) -> Result<u64, String> {
        let run = self.runs.fetch_add(1, Ordering::SeqCst) + 1;
        if self.is_held.load(Ordering::SeqCst) {
            self.gate.acquire().await.expect("never closed").forget();
        }
        if self.fails.load(Ordering::SeqCst) { Err(format!("run {run} failed")) } else { Ok(run) }
    }

    pub(crate) fn runs(&self) -> u64 {
        self.runs.load(Ordering::SeqCst)
    }

    pub(crate) fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }

    /// From now on runs wait, each for one [`release`](Self::release).
    pub(crate) fn hold(&self) {
        self.is_held.store(true, Ordering::SeqCst);
    }

    /// Lets one run pass, and no later one wait.
    pub(crate) fn open(&self) {
        self.is_held.store(false, Ordering::SeqCst);
        self.release();
    }

    pub(crate) fn release(&self) {
        self.gate.add_permits(1);
    }
}

/// Lets the tasks in the background run as far as they can.
pub(crate) async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}
