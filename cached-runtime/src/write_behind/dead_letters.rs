//! Records that were given up.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use serde_core::Serialize;
use serde_core::de::DeserializeOwned;

use super::{RecordId, WriteBehind};
use crate::Error;
use crate::codec::{Codec, Json};
use crate::store::redis::queue::Letter;

/// A record that failed `max_attempts` times, or that could not be decoded. It stays until it is
/// [retried](WriteBehind::retry) or [removed](WriteBehind::remove).
pub struct DeadLetter<T> {
    letter: Letter,
    records: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> WriteBehind<T> {
    /// The oldest dead letters of the queue, at most `count`.
    ///
    /// ```no_run
    /// # async fn run(likes: cached_runtime::WriteBehind<u64>) -> Result<(), cached_runtime::Error> {
    /// for letter in likes.dead_letters(100).await? {
    ///     eprintln!("{} failed: {}", letter.key(), letter.error());
    ///     likes.retry(&letter).await?;
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Redis did not answer.
    pub async fn dead_letters(&self, count: usize) -> Result<Vec<DeadLetter<T>>, Error> {
        let letters = self.queue.redis()?.queue_letters(&self.queue.names, count).await?;
        let dead = |letter| DeadLetter { letter, records: PhantomData };
        Ok(letters.into_iter().map(dead).collect())
    }

    /// Puts a dead letter's record into the queue again, whatever the backlog: as a new record, behind those of its key that
    /// are there. `false` if it is no dead letter any more.
    ///
    /// # Errors
    ///
    /// Redis did not answer: it may be in the queue again. Or the queue has another number of shards.
    pub async fn retry(&self, letter: &DeadLetter<T>) -> Result<bool, Error> {
        let shard = self.queue.names.shard_of(letter.key());
        let redis = self.queue.redis()?;
        redis.queue_open(&self.queue.names).await?;
        let done = redis.queue_retry(&self.queue.names, shard, &letter.letter).await?;
        self.queue.bells[shard].notify_one();
        Ok(done)
    }

    /// Deletes a dead letter for good. `false` if it is none any more.
    ///
    /// # Errors
    ///
    /// Redis did not answer: it may be gone.
    pub async fn remove(&self, letter: &DeadLetter<T>) -> Result<bool, Error> {
        self.queue.redis()?.queue_remove(&self.queue.names, &letter.letter).await
    }
}

impl<T> DeadLetter<T> {
    /// The key that the record was pushed with.
    pub fn key(&self) -> &str {
        &self.letter.key
    }

    /// The id that the record had in the queue. `0-0` if it had none that can be read.
    pub fn id(&self) -> RecordId {
        self.letter.record.parse().unwrap_or_default()
    }

    /// What the worker's function returned for it the last time, or what else was wrong.
    pub fn error(&self) -> &str {
        &self.letter.error
    }

    /// How often it was tried by itself: 0 for a record that could not be decoded.
    pub fn attempts(&self) -> u32 {
        self.letter.tries
    }

    /// The record's bytes: the JSON that was pushed.
    pub fn payload(&self) -> &Bytes {
        &self.letter.payload
    }
}

impl<T: Serialize + DeserializeOwned> DeadLetter<T> {
    /// The record.
    ///
    /// # Errors
    ///
    /// It can't be decoded.
    pub fn record(&self) -> Result<T, Error> {
        Json::decode(&self.letter.payload).map_err(|source| {
            Error::codec(&self.letter.key, "decoded", <Json as Codec<T>>::NAME, source)
        })
    }
}

impl<T> fmt::Debug for DeadLetter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the record: it may hold what is nobody's business.
        f.debug_struct("DeadLetter")
            .field("id", &self.letter.record)
            .field("key", &self.letter.key)
            .field("error", &self.letter.error)
            .field("attempts", &self.letter.tries)
            .finish_non_exhaustive()
    }
}
