//! The life of one process.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use cached_runtime::{OnReturn, StoreFuture};

tokio::task_local! {
    /// What makes up for failures, before all else may use the store again.
    pub(crate) static REPLAYING: ();
}

pub(crate) struct Life {
    /// Others may have been the same process before.
    pub(crate) index: usize,
    pub(crate) process: usize,
    is_dead: AtomicBool,
    /// Whether its store fails.
    is_away: AtomicBool,
    /// Whether it says so before it is asked.
    says_so: AtomicBool,
    lies: AtomicU64,
    replay: Mutex<Option<OnReturn>>,
}

impl Life {
    pub(crate) fn new(index: usize, process: usize) -> Self {
        let (is_dead, is_away, says_so) = Default::default();
        let (lies, replay) = Default::default();
        Self { index, process, is_dead, is_away, says_so, lies, replay }
    }

    pub(crate) fn end(&self) {
        self.is_dead.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.is_dead.load(Ordering::SeqCst)
    }

    pub(crate) fn on_return(&self, replay: OnReturn) {
        *self.replay.lock().unwrap() = Some(replay);
    }

    /// What is to be done first, by a store that knows when it is away.
    pub(crate) fn replay(&self) -> Option<StoreFuture<'static, ()>> {
        self.says_so().then(|| self.replay.lock().unwrap().as_ref()?()).flatten()
    }

    /// Whether a step that is sent here would fail.
    pub(crate) fn refuses(&self) -> bool {
        self.is_away() && REPLAYING.try_with(|()| ()).is_err()
    }

    /// From now on its store fails.
    pub(crate) fn lose_store(&self, says_so: bool) {
        self.says_so.store(says_so, Ordering::SeqCst);
        self.is_away.store(true, Ordering::SeqCst);
    }

    pub(crate) fn find_store(&self) {
        self.is_away.store(false, Ordering::SeqCst);
    }

    pub(crate) fn is_away(&self) -> bool {
        self.is_away.load(Ordering::SeqCst)
    }

    pub(crate) fn says_so(&self) -> bool {
        self.is_away() && self.says_so.load(Ordering::SeqCst)
    }

    /// A step that failed is told to have gone through.
    pub(crate) fn lie(&self) {
        self.lies.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn lies(&self) -> u64 {
        self.lies.load(Ordering::SeqCst)
    }
}
