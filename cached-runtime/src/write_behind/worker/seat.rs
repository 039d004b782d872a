//! What the keeper of the leases and the task of one shard know of each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::watch;
use tokio::task::{AbortHandle, Id};

/// The keeper's end.
pub(super) struct Seat {
    /// What stands in the shard's lease as long as it is this seat's.
    pub(super) lease: Arc<str>,
    task: AbortHandle,
    pub(super) status: Arc<Status>,
    leave: watch::Sender<bool>,
    is_lost: bool,
}

impl Seat {
    pub(super) fn new(
        lease: Arc<str>,
        task: AbortHandle,
        status: Arc<Status>,
        leave: watch::Sender<bool>,
    ) -> Self {
        Self { lease, task, status, leave, is_lost: false }
    }

    pub(super) fn is_of(&self, task: Id) -> bool {
        self.task.id() == task
    }

    /// Ends the task at its next `await`. It is there until then.
    pub(super) fn lose(&mut self) {
        self.is_lost = true;
        self.task.abort();
    }

    /// The lease, unless it is no longer to be kept.
    pub(super) fn kept_lease(&self) -> Option<Arc<str>> {
        (!self.is_lost).then(|| Arc::clone(&self.lease))
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
