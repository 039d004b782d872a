//! Records reach the user's function here: one task keeps the leases, and one for each shard works.

use std::fmt::{self, Display};
use std::future::Future;
use std::sync::Arc;

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use super::{Batch, WriteBehind};

mod function;
mod job;
mod keeper;
mod parked;
mod run;
mod seat;
mod shard;

use keeper::Keeper;

/// A running worker of a [`WriteBehind`] queue, from [`work`](WriteBehind::work). When it is dropped, it stops as by
/// [`stop`](Worker::stop), which nobody then waits for.
#[must_use = "a worker stops when it is dropped"]
pub struct Worker {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    queue: String,
}

impl<T> WriteBehind<T>
where
    T: Serialize + DeserializeOwned + Send + 'static,
{
    /// Starts a worker, that gives the queue's records to `function` in batches until it is stopped. The workers of a queue,
    /// in whatever processes, share its shards evenly.
    ///
    /// The function's future runs with the queue's cache as the [current](crate::Cache::current) one. A worker runs as
    /// many of them at once as it has shards, each for another one.
    ///
    /// - **`Ok`**: the records of the batch are done.
    /// - **`Err`, or a panic**: the batch is tried again in halves, and so on, down to single records, so the function is
    ///   either to do all of a batch or nothing (a transaction), or to be idempotent. A record that fails by itself is
    ///   tried again after a pause, and when it has failed `max_attempts` times, it becomes a
    ///   [dead letter](WriteBehind::dead_letters). Later records of its key wait for it, in the worker's memory; others do
    ///   not, until four batches wait in one shard: then it takes no more of that shard until some of them are through. After
    ///   three such failures in a row, as when the database is away, the worker leaves the other records of the shard alone
    ///   until one of those three has passed.
    /// - **The process dies**: another worker takes over after `lease`, with the records that were not done. Records that
    ///   have been there three times are then tried one by one, so that one that brings the process down ends as a dead
    ///   letter, too.
    /// - **Redis is away**: the batch goes on, and the worker tries to acknowledge it. After `lease` the future is dropped
    ///   (at its next `await`), as by then another worker may be at the same records.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime.
    pub fn work<F, Fut, E>(&self, function: F) -> Worker
    where
        F: Fn(Batch<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        let (stop, stopped) = watch::channel(false);
        let function = function::erased(self.queue.cache.clone(), function);
        let keeper = Keeper::new(Arc::clone(&self.queue), function, stopped);
        let task = tokio::spawn(keeper.run().in_current_span());
        Worker { stop, task, queue: self.queue.names.base.clone() }
    }
}

impl Worker {
    /// Lets the batches at hand come to their end, gives the shards to other workers, and ends the worker. It takes as
    /// long as the function does.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        // Its end is all there is to know: it returns nothing, and panics of the function are caught.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("queue", &self.queue).finish_non_exhaustive()
    }
}
