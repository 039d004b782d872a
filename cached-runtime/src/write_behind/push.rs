//! From a record to its shard.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;
use tokio::time::{Instant, sleep};

use super::WriteBehind;
use super::pauses::Pause;
use super::queue::Queue;
use crate::call::{Offer, Target};
use crate::codec::{Codec, Json};
use crate::store::redis::queue::{NewRecord, Put};
use crate::{Entry, Error, Invalidation};

/// A queue that is full is looked at so often.
const LOOKS: Duration = Duration::from_millis(100);

impl<T: Serialize + DeserializeOwned> WriteBehind<T> {
    /// Puts a record into the queue, and returns once Redis has it. Records of one `key` reach the worker's function in
    /// the order in which their pushes were made, one after the other.
    ///
    /// # Errors
    ///
    /// - The queue is full, and was for all of [`wait`](super::WriteBehindBuilder::wait)
    ///   ([`is_full`](Error::is_full)): the record was not pushed.
    /// - The record has no encoding ([`is_codec`](Error::is_codec)): it was not pushed.
    /// - Redis did not answer in time, or the connection broke: the record may have been pushed. Pushed again, it may be
    ///   there twice.
    /// - Redis is away, or refuses: it was not pushed.
    pub fn push(
        &self,
        key: &str,
        record: &T,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<T> {
        let ready = self.ready(key, record);
        async move { ready?.push(None).await }
    }

    /// As [`push`](Self::push), and in the same step `value` goes into `entry`, as if by
    /// [`Entry::put`]: calls see the new value before the database has it. A value that the function's options do not let
    /// in empties the entry instead.
    ///
    /// See [there](WriteBehind#reading-while-a-write-waits) what it means when the entry ends before the record has
    /// reached the database.
    ///
    /// ```no_run
    /// # use cached_runtime::{Cache, WriteBehind, redis_cache};
    /// #[redis_cache(ttl = "1h")]
    /// async fn likes(post: u64) -> u64 { 0 /* the database, in earnest */ }
    ///
    /// # async fn run(cache: Cache) -> Result<(), cached_runtime::Error> {
    /// # let queue: WriteBehind<u64> = cache.write_behind("likes").build()?;
    /// queue.push_and_put("post:42", &1, &likes::entry(42), &1001).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As `push`; and neither is done where `entry` is one of another cache than the queue's, or `value` has no encoding
    /// or one of more than `max_size`.
    pub fn push_and_put<V>(
        &self,
        key: &str,
        record: &T,
        entry: &Entry<V>,
        value: &V,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<T, V> {
        let ready = self.ready(key, record).and_then(|ready| {
            let (slot, target) = (entry.slot()?.to_owned(), entry.target()?);
            let engine = ready.queue.engine();
            let Some(target) = target.filter(|target| Arc::ptr_eq(&target.engine, engine)) else {
                let problem = "it is one of another cache than the queue's: use the same for both";
                return Err(Error::setting("entry", problem));
            };
            let offer = entry.offer(&slot, value)?;
            Ok((ready, target, offer))
        });
        async move {
            let (ready, Target { engine, slot, tags, life }, offer) = ready?;
            let offer = match offer {
                Some(offer) => engine.date_now(offer, &tags, life).await?,
                None => None,
            };
            let put = Put { slot, value: offer.map(|Offer { value, ttl, .. }| (value, ttl)) };
            let pushed = ready.push(Some(&put)).await;
            // A fill without a mark would not notice.
            engine.board.overtake_slot(&put.slot);
            if pushed.is_ok() {
                engine.announce(&Invalidation::Entry(put.slot));
            }
            pushed
        }
    }

    fn ready(&self, key: &str, record: &T) -> Result<Ready, Error> {
        let mut payload = Vec::with_capacity(128);
        Json::encode(record, &mut payload).map_err(|source| {
            let place = format!("{} for {key}", self.queue.names.base);
            Error::codec(&place, "encoded", <Json as Codec<T>>::NAME, source)
        })?;
        let shard = self.queue.names.shard_of(key);
        Ok(Ready { queue: Arc::clone(&self.queue), shard, key: key.to_owned(), payload })
    }
}

/// A record to be pushed.
struct Ready {
    queue: Arc<Queue>,
    shard: usize,
    key: String,
    payload: Vec<u8>,
}

impl Ready {
    async fn push(&self, put: Option<&Put>) -> Result<(), Error> {
        let Queue { names, settings, .. } = &*self.queue;
        let redis = self.queue.redis()?;
        let record = NewRecord { shard: self.shard, key: &self.key, payload: &self.payload, put };
        let began = Instant::now();
        let mut pause = Pause::up_to(LOOKS);
        let mut was_counted = false;
        loop {
            if redis.queue_push(names, &record, settings.max_backlog).await? {
                self.queue.bells[self.shard].notify_one();
                return Ok(());
            }
            let left = settings.wait.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Err(Error::full(&names.base, settings.max_backlog, settings.wait));
            }
            sleep(pause.next().min(left)).await;
            if !was_counted {
                // It may be wrong, where somebody has deleted records.
                redis.queue_open(names).await?;
                was_counted = true;
            }
        }
    }
}
