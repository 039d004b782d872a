//! What the keeper of the leases and the task of one shard know of each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::watch;
use tokio::task::AbortHandle;

/// The keeper's end.
pub(super) struct Seat {
    pub(super) task: AbortHandle,
    pub(super) status: Arc<Status>,
    leave: watch::Sender<bool>,
}

impl Seat {
    pub(super) fn new(task: AbortHandle, status: Arc<Status>, leave: watch::Sender<bool>) -> Self {
        Self { task, status, leave }
    }

    /// Has the task end after the batch at hand.
    pub(super) fn ask_to_leave(&self) {
        self.leave.send_replace(true);
    }

    pub(super) fn was_asked_to_leave(&self) -> bool {
        *self.leave.borrow()
    }
}

#[derive(Default)]
pub(super) struct Status {
    /// Records that the task has read and not finished.
    held: AtomicU64,
    is_waiting: AtomicBool,
}

impl Status {
    pub(super) fn set(&self, held: usize, is_waiting: bool) {
        self.held.store(held as u64, Ordering::Relaxed);
        self.is_waiting.store(is_waiting, Ordering::Release);
    }

    /// Whether the task waits for a bell although there is something to be read, of `all` the records in the shard.
    pub(super) fn has_missed(&self, all: u64) -> bool {
        self.is_waiting.load(Ordering::Acquire) && all > self.held.load(Ordering::Relaxed)
    }
}
