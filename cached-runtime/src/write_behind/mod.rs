//! Writes that reach the database later: a queue on Redis streams, in order per key, at least once.
//!
//! `push` → a shard's stream → a worker that holds the shard's lease → the user's function → acknowledged. Names,
//! bytes and promises are in `docs/write-behind.md`.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;

use crate::Cache;

mod batch;
mod builder;
mod dead_letters;
mod pauses;
mod progress;
mod push;
mod queue;
mod worker;

pub use batch::{Batch, Record, RecordId};
pub use builder::WriteBehindBuilder;
pub use dead_letters::DeadLetter;
use queue::Queue;
pub use worker::Worker;

/// A queue of records that are to reach a database, kept in Redis: the caller waits for Redis only, and workers hand the
/// records to a function of yours in batches. A clone is the same queue, and cheap.
///
/// - **Durable as your Redis is.** [`push`](Self::push) returns once Redis has the record, and it stays there until the
///   function has returned `Ok` for it, or has failed so often that it became a [dead letter](Self::dead_letters).
/// - **At least once.** A record is handed over again when its worker dies, or when the batch that it was in fails. So
///   the function is to be idempotent, or to remember what it has seen by the [id](Record::id): of one key they rise.
/// - **In order per key.** Records of one key arrive in the order in which they were pushed, one batch at a time in the
///   whole fleet. A record that fails holds up those of its own key and, as long as there are not
///   [very many](Self::work) of these, no others.
/// - **It pushes back.** When `max_backlog` records wait, a push waits, and then fails; nothing is ever dropped.
///
/// It needs a cache in Redis ([`CacheBuilder::redis`](crate::CacheBuilder::redis)). [`Cache::clear`] does not touch it.
///
/// ```no_run
/// use cached_runtime::{Batch, Cache, WriteBehind};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct View { count: u64 }
///
/// # struct Database;
/// # impl Database { async fn add_views(&self, post: &str, views: u64) -> Result<(), std::io::Error> { Ok(()) } }
/// # async fn run(cache: Cache, database: Database) -> Result<(), Box<dyn std::error::Error>> {
/// let views: WriteBehind<View> = cache.write_behind("views").build()?;
///
/// // Where posts are read: one round trip to Redis.
/// views.push("post:42", &View { count: 1 }).await?;
///
/// // In as many processes as you like: many views of a post become one `UPDATE`.
/// let database = std::sync::Arc::new(database);
/// let worker = views.work(move |batch: Batch<View>| {
///     let database = database.clone();
///     async move {
///         for (post, view) in batch.merge(|sum, view| sum.count += view.count) {
///             database.add_views(&post, view.count).await?;
///         }
///         Ok::<(), std::io::Error>(())
///     }
/// });
///
/// views.flush().await?;
/// worker.stop().await;
/// # Ok(()) }
/// ```
///
/// # Reading while a write waits
///
/// The database has the old value until a worker has written the new one. [`push_and_put`](Self::push_and_put) puts the
/// new value into an entry in the same step, so that calls see it; if that entry is lost before the write is through
/// (its `ttl` ends, it is invalidated or evicted), a call reads the old value from the database and caches it. Give such
/// entries a `ttl` well above the time that the queue takes, and invalidate them at the end of the worker's function.
pub struct WriteBehind<T> {
    queue: Arc<Queue>,
    records: PhantomData<fn(T) -> T>,
}

impl<T: Serialize + DeserializeOwned> WriteBehind<T> {
    /// Starts with the settings: see [`WriteBehindBuilder`]. The same as [`Cache::write_behind`].
    pub fn builder(cache: &Cache, name: impl Into<String>) -> WriteBehindBuilder<T> {
        WriteBehindBuilder::new(cache, name.into())
    }

    fn new(queue: Queue) -> Self {
        Self { queue: Arc::new(queue), records: PhantomData }
    }
}

impl Cache {
    /// Starts with the settings of a write-behind queue in this cache's Redis. Its `name` stands for it in all processes
    /// and releases that share the namespace; the cache's `version` is no part of it.
    ///
    /// ```no_run
    /// # use cached_runtime::{Cache, WriteBehind};
    /// # fn run(cache: Cache) -> Result<(), cached_runtime::Error> {
    /// let likes: WriteBehind<u64> = cache.write_behind("likes").max_backlog(10_000).build()?;
    /// # Ok(()) }
    /// ```
    pub fn write_behind<T>(&self, name: impl Into<String>) -> WriteBehindBuilder<T>
    where
        T: Serialize + DeserializeOwned,
    {
        WriteBehind::builder(self, name)
    }
}

impl<T> Clone for WriteBehind<T> {
    fn clone(&self) -> Self {
        Self { queue: Arc::clone(&self.queue), records: PhantomData }
    }
}

impl<T> fmt::Debug for WriteBehind<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteBehind")
            .field("names", &self.queue.names.base)
            .field("settings", &self.queue.settings)
            .finish_non_exhaustive()
    }
}
