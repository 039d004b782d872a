//! How far the workers are.

use std::time::Duration;

use tokio::time::sleep;

use super::WriteBehind;
use super::pauses::Pause;
use crate::Error;

/// A flush looks so often at least.
const LOOKS: Duration = Duration::from_millis(100);

impl<T> WriteBehind<T> {
    /// Waits until all that was pushed before, by any process, is through: the function of some worker has returned `Ok` for
    /// it, or it is a dead letter. A record that fails is waited for as long as it is tried.
    ///
    /// It takes as long as it takes; without any worker, for ever. Use `tokio::time::timeout` for a bound.
    ///
    /// # Errors
    ///
    /// Redis did not answer: what is through is not known. Or the queue has another number of shards.
    pub async fn flush(&self) -> Result<(), Error> {
        let (redis, names) = (self.queue.redis()?, &self.queue.names);
        redis.queue_open(names).await?;
        let marks = redis.queue_marks(names).await?;
        let mut pause = Pause::up_to(LOOKS);
        while !redis.queue_is_past(names, &marks).await? {
            sleep(pause.next()).await;
        }
        Ok(())
    }

    /// How many records are in the queue, those that are being worked on included, and dead letters not.
    ///
    /// # Errors
    ///
    /// Redis did not answer, or the queue has another number of shards.
    pub async fn backlog(&self) -> Result<u64, Error> {
        let (redis, names) = (self.queue.redis()?, &self.queue.names);
        redis.queue_open(names).await?;
        redis.queue_backlog(names).await
    }
}
