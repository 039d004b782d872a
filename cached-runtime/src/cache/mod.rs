//! The handle that users hold.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;

use crate::call::{Engine, Invalidation};
use crate::key::push_escaped;
use crate::observe::Stats;
#[cfg(feature = "redis")]
use crate::store::Misconfigured;
use crate::store::{Held, MemoryStore, Store};
use crate::{Entry, Error};

mod builder;
mod current;
mod invalidations;
mod lock;

pub use builder::CacheBuilder;
pub(crate) use current::{Current, current, default, in_same_scope, with_current};
pub use invalidations::Invalidations;
pub use lock::{Lock, LockRequest};

/// Where memoized functions keep their entries. A clone is the same cache, and cheap.
///
/// ```no_run
/// use std::time::Duration;
/// use cached_runtime::Cache;
///
/// let cache = Cache::builder()
///     .redis("redis://127.0.0.1/")
///     .namespace("shop")
///     .op_timeout(Duration::from_millis(100))
///     .build()?;
/// cache.install()?;
/// # Ok::<(), cached_runtime::Error>(())
/// ```
#[derive(Clone)]
pub struct Cache {
    engine: Arc<Engine>,
}

impl Cache {
    /// Starts with the settings: see [`CacheBuilder`].
    pub fn builder() -> CacheBuilder {
        CacheBuilder::new()
    }

    /// A cache of its own in this process, with a [`MemoryStore`] of the usual size: for tests above all.
    pub fn in_memory() -> Self {
        Self::of(Some(Held::Other(Box::new(MemoryStore::default()))), &builder::Common::default())
    }

    /// A cache that holds nothing: every call runs its body.
    pub fn disabled() -> Self {
        Self::of(None, &builder::Common::default())
    }

    /// The cache that a memoized call made here would use: that of the [`scope`](Cache::scope) around it, else the
    /// default of the process.
    ///
    /// The default is the one that was [installed](Cache::install). Without one, it is built at its first use from
    /// the environment variable `REDIS_URL`; without that, it is in memory, and a warning says so once. If
    /// `REDIS_URL` is wrong, an error event says so, calls run their bodies, and explicit calls return the error.
    pub fn current() -> Self {
        current().clone()
    }

    /// Makes this the process's default cache.
    ///
    /// # Errors
    ///
    /// There is one already: another was installed, or a call has been made and the default was built for it.
    pub fn install(&self) -> Result<(), Error> {
        current::install(self.clone())
    }

    /// Runs `future` with this cache as the default for it, and for it alone: tests run side by side.
    ///
    /// Tasks that it spawns are outside of it.
    ///
    /// ```
    /// # use cached_runtime::{Cache, Outcome, observe, redis_cache};
    /// # #[redis_cache(ttl = 60)] async fn answer() -> u32 { 42 }
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// Cache::in_memory().scope(async {
    ///     assert_eq!(observe(answer()).await, (42, Outcome::Miss));
    /// }).await;
    /// # });
    /// ```
    pub fn scope<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        current::scope(self.clone(), future)
    }

    /// The value under a name of your own, in this cache: see [`Entry::at`].
    ///
    /// ```
    /// # use std::time::Duration;
    /// # let cache = cached_runtime::Cache::in_memory();
    /// let cart = cache.entry_at::<Vec<String>>("cart:42", Duration::from_secs(3600));
    /// assert_eq!(cart.key(), "cart:42");
    /// ```
    pub fn entry_at<T>(&self, name: impl Into<String>, ttl: Duration) -> Entry<T>
    where
        T: Serialize + DeserializeOwned,
    {
        Entry::named(Arc::clone(&self.engine), name.into(), ttl)
    }

    /// Asks the store whether it is there.
    ///
    /// # Errors
    ///
    /// It is not: the error says why. A disabled cache has no store, and no error.
    pub async fn ping(&self) -> Result<(), Error> {
        match &self.engine.store {
            Some(store) => store.ping().await,
            None => Ok(()),
        }
    }

    /// What was counted since this cache was built, in this process.
    pub fn stats(&self) -> Stats {
        let pending_invalidations = self.engine.pending_invalidations();
        Stats { pending_invalidations, ..self.engine.functions.stats() }
    }

    /// Invalidates all entries under this tag, which functions name by `tags = ["users", "user:{id}"]`: in one step, however
    /// many there are. Each is then filled anew at its next call.
    ///
    /// ```
    /// # use cached_runtime::{Cache, Outcome, observe};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let cache = Cache::in_memory();
    /// let id = 42;
    /// cache.invalidate_tag(&format!("user:{id}")).await?;
    /// # Ok::<(), cached_runtime::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// `tag` is empty, or the store failed: this process reads around the entries under it and invalidates it once the
    /// store answers again; others may read the old values until then.
    pub async fn invalidate_tag(&self, tag: &str) -> Result<(), Error> {
        self.invalidate_tags([tag]).await
    }

    /// As [`invalidate_tag`](Self::invalidate_tag), for several: up to 1000 in one step.
    ///
    /// # Errors
    ///
    /// As for one.
    pub async fn invalidate_tags<T: AsRef<str>>(
        &self,
        tags: impl IntoIterator<Item = T>,
    ) -> Result<(), Error> {
        let tags: Vec<_> = tags.into_iter().map(|tag| tag.as_ref().to_owned()).collect();
        if tags.iter().any(String::is_empty) {
            return Err(Error::setting("tag", "it is empty: `clear` empties everything"));
        }
        if tags.is_empty() {
            return Ok(());
        }
        let slots: Vec<_> = tags.iter().map(|tag| self.engine.tag_slot(tag)).collect();
        self.engine.invalidate_tags(&slots).await?;
        for tag in tags {
            self.engine.announce(&Invalidation::Tag(tag));
        }
        Ok(())
    }

    /// Empties the slots of all functions with this `prefix`; returns how many there were. Those of a function of this
    /// name without a prefix are among them.
    ///
    /// It goes through all the names in the database (`SCAN`), in batches that do not block the server.
    ///
    /// # Errors
    ///
    /// `prefix` is empty, or the store failed: some slots may still be there. This process reads around them and
    /// empties them once the store answers again.
    pub async fn invalidate_prefix(&self, prefix: &str) -> Result<u64, Error> {
        if prefix.is_empty() {
            return Err(Error::setting("prefix", "it is empty: `clear` empties everything"));
        }
        let mut start = self.engine.start.clone();
        push_escaped(&mut start, prefix);
        start.push(':');
        let told = Invalidation::Prefix(prefix.to_owned());
        self.engine.delete_prefix(&start, &told).await
    }

    /// Empties all slots of this cache's namespace and version; returns how many there were. For a cache without a
    /// version, these are all slots of the namespace, of whatever version.
    ///
    /// It goes through all the names in the database (`SCAN`), in batches that do not block the server.
    ///
    /// # Errors
    ///
    /// The store failed: some slots may still be there. This process reads around them and empties them once the
    /// store answers again.
    pub async fn clear(&self) -> Result<u64, Error> {
        self.engine.delete_prefix(&self.engine.start, &Invalidation::All).await
    }

    /// Waits for the work that goes on in the background: refills of stale entries, and steps whose reply no call waits
    /// for. From now on no refill is started; all else goes on. For the end of a program.
    ///
    /// A refill takes at most its function's `lease`, a step `op_timeout`.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let cache = cached_runtime::Cache::in_memory();
    /// cache.shutdown().await;
    /// # });
    /// ```
    pub async fn shutdown(&self) {
        self.engine.background.shut_down().await;
    }

    #[cfg(feature = "redis")]
    fn misconfigured(setting: &'static str, error: &Error) -> Self {
        Self::of(
            Some(Held::Other(Box::new(Misconfigured::new(setting, error)))),
            &builder::Common::default(),
        )
    }

    #[inline]
    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    fn of(store: Option<Held>, common: &builder::Common) -> Self {
        Self { engine: Engine::new(store, common.settings()) }
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("names", &self.engine.start)
            .field("store", &self.engine.store.as_ref().map(Store::describe))
            .finish_non_exhaustive()
    }
}
