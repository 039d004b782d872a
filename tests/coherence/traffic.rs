//! Reads and writes at random.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::functions::{ENTRIES, call, write};

/// Tasks of each kind.
const TASKS: u64 = 3;

/// Reads in a row. The writers, the other process and the servers need a processor too.
const BURST: u64 = 100;

/// Between two writes of a task: with more of them, next to nothing would be kept.
const PAUSE: Duration = Duration::from_millis(3);

/// Values are unlike in all processes.
pub(crate) const OF_ONE_PROCESS: u64 = 1 << 32;

/// What goes on in this process.
pub(crate) struct Traffic {
    process: u64,
    last_value: Arc<AtomicU64>,
    writes: Arc<AtomicBool>,
    reads: Arc<AtomicBool>,
    writers: JoinSet<u64>,
    readers: JoinSet<u64>,
}

impl Traffic {
    pub(crate) fn new(process: u64) -> Self {
        Self {
            process,
            last_value: Arc::default(),
            writes: Arc::default(),
            reads: Arc::default(),
            writers: JoinSet::new(),
            readers: JoinSet::new(),
        }
    }

    pub(crate) fn begin(&mut self) {
        self.writes.store(true, Ordering::SeqCst);
        self.reads.store(true, Ordering::SeqCst);
        for _ in 0..TASKS {
            let (goes_on, process) = (Arc::clone(&self.writes), self.process);
            let last_value = Arc::clone(&self.last_value);
            self.writers.spawn(async move {
                let mut writes = 0;
                while goes_on.load(Ordering::SeqCst) {
                    let value = last_value.fetch_add(1, Ordering::SeqCst) + 1;
                    write(draw(50), process * OF_ONE_PROCESS + value).await;
                    writes += 1;
                    sleep(PAUSE).await;
                }
                writes
            });
            let goes_on = Arc::clone(&self.reads);
            self.readers.spawn(async move {
                let mut reads = 0;
                while goes_on.load(Ordering::SeqCst) {
                    for _ in 0..BURST {
                        call(draw(90)).await;
                    }
                    reads += BURST;
                    sleep(Duration::from_millis(1)).await;
                }
                reads
            });
        }
    }

    /// Ends the writes; how many there were. All of them are acknowledged.
    pub(crate) async fn settle(&mut self) -> u64 {
        self.writes.store(false, Ordering::SeqCst);
        std::mem::take(&mut self.writers).join_all().await.into_iter().sum()
    }

    /// Ends the reads as well; how many there were.
    pub(crate) async fn end(&mut self) -> u64 {
        self.reads.store(false, Ordering::SeqCst);
        std::mem::take(&mut self.readers).join_all().await.into_iter().sum()
    }
}

/// One of all entries; so many of a hundred are of the few that all are after.
fn draw(share: u64) -> u64 {
    const EACH: u64 = 8;
    if fastrand::u64(..100) < share {
        fastrand::u64(..ENTRIES / EACH) * EACH
    } else {
        fastrand::u64(..ENTRIES)
    }
}
