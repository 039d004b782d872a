//! What the calls of one schedule share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use shuttle::future::{JoinHandle, block_on, spawn};

use crate::flight::Board;
use crate::mutants::Mutant;
use crate::record::Record;
use crate::slot::{self, Slot};

/// Who shares a fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flight {
    Cluster,
    Process,
}

pub(crate) struct World {
    pub(crate) board: Arc<Board>,
    pub(crate) name: Arc<str>,
    pub(crate) slot: Arc<Slot>,
    pub(crate) record: Arc<Record>,
    pub(crate) flight: Flight,
    pub(crate) mutant: Option<Mutant>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl World {
    pub(crate) fn new(flight: Flight, mutant: Option<Mutant>) -> Arc<Self> {
        let (slot, record) = (Arc::new(Slot::default()), Arc::new(Record::default()));
        let (cleared, told) = (Arc::clone(&slot), Arc::clone(&record));
        let board = Board::new(move |_, mark| {
            told.is_abandoned(mark);
            // The mark of a refill is the beginning of a value, which may stay.
            if slot::is_lease(mark) {
                cleared.delete_if_starts(mark);
            }
        });
        let (name, tasks) = ("slot".into(), Mutex::default());
        Arc::new(Self { board, name, slot, record, flight, mutant, tasks })
    }

    pub(crate) fn is(&self, mutant: Mutant) -> bool {
        self.mutant == Some(mutant)
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let task = spawn(task);
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    /// Waits for all tasks, and judges the schedule. A task that is never woken shows as a deadlock.
    pub(crate) fn end(self: Arc<Self>) -> HashMap<&'static str, u64> {
        // A lock that is not held while waiting: tasks spawn others.
        let next = || self.tasks.lock().unwrap_or_else(PoisonError::into_inner).pop();
        while let Some(task) = next() {
            block_on(task).expect("no task is aborted");
        }
        assert!(self.board.is_empty(), "a leak: {} are on the board", self.board.waiters());
        assert_eq!(Arc::strong_count(&self.board), 1, "a leak: somebody keeps a role");
        self.record.judge_end();
        self.record.ways()
    }
}
