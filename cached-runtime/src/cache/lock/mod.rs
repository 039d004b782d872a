//! Locks that all processes share (DESIGN, section 3): who asks, and how long for.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Cache;
use crate::Error;
use crate::call::pause;
use crate::policy::LONGEST;
use crate::store::has_clock;

mod attempt;
mod held;
mod run;

use attempt::{Target, attempt};
pub use held::Lock;

impl Cache {
    /// Asks for the lock of this name, which at most one holder has at a time, in all processes that use this store and
    /// namespace, whatever their version. Awaited, it is a [`Lock`], which is given back when it is dropped, or after
    /// `ttl` unless it is [renewed](Lock::renew).
    ///
    /// It waits for as long as another has it, or for [`wait`](LockRequest::wait) at most, and looks again every 50 ms:
    /// those who wait do not stand in a line. Dropped while it waits, it leaves nothing behind.
    ///
    /// # Errors
    ///
    /// The name is empty, `ttl` is zero, the cache is disabled, or the store has no locks; the wait was in vain
    /// ([`Error::is_locked`]); or the store failed: then the lock is not had, and what may have come of the attempt is
    /// undone.
    ///
    /// # What it can't promise
    ///
    /// A lock with an end keeps others out for `ttl`, not for as long as its holder goes on: a process that
    /// is stopped (by the system, by a debugger, by a move of its virtual machine) awakes without knowing that its time
    /// is over. Neither can Redis promise that the lock stays until then: a failover may lose it, an operator may delete
    /// it, a server that evicts keys may evict it, and its clock may jump. So a lock spares work; where two holders at a
    /// time would do *harm*, what they write to has to refuse the one that came too late. That takes the
    /// [`fence`](Lock::fence), a number that is higher for each holder ("How to do distributed locking", Martin
    /// Kleppmann, 2016):
    ///
    /// ```
    /// use std::time::Duration;
    /// use cached_runtime::Cache;
    ///
    /// /// A row, with the highest fence that has written to it.
    /// struct Row { fence: u64, total: u64 }
    ///
    /// impl Row {
    ///     /// `UPDATE orders SET total = $1, fence = $2 WHERE id = $3 AND fence <= $2`: whether a row was updated.
    ///     fn update(&mut self, total: u64, fence: u64) -> bool {
    ///         let is_in_time = self.fence <= fence;
    ///         if is_in_time {
    ///             *self = Self { fence, total };
    ///         }
    ///         is_in_time
    ///     }
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// # let cache = Cache::in_memory();
    /// let mut row = Row { fence: 0, total: 0 };
    /// let late = cache.lock("order:42", Duration::from_millis(10)).await?;
    /// // It is stopped for a while, and another takes its place.
    /// let lock = cache.lock("order:42", Duration::from_secs(10)).wait(Duration::from_secs(5)).await?;
    /// assert!(row.update(1, lock.fence()));
    /// assert!(!row.update(2, late.fence()), "the late one is kept out");
    /// # assert_eq!(row.total, 1);
    /// lock.release().await?;
    /// # Ok::<(), cached_runtime::Error>(()) }).unwrap();
    /// ```
    pub fn lock(&self, name: impl Into<String>, ttl: Duration) -> LockRequest {
        LockRequest { cache: self.clone(), name: name.into(), ttl, wait: Duration::MAX }
    }

    /// As [`lock`](Cache::lock), without waiting: `None` if another has it.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use cached_runtime::Cache;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// # let cache = Cache::in_memory();
    /// let Some(lock) = cache.try_lock("nightly", Duration::from_secs(30)).await? else {
    ///     return Ok(()); // another process does it
    /// };
    /// let sum = lock.run(async { 40 + 2 }).await?; // renews the lock for as long as it takes
    /// # assert_eq!(sum, 42);
    /// # Ok::<(), cached_runtime::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`lock`](Cache::lock), but for the waiting.
    pub async fn try_lock(
        &self,
        name: impl Into<String>,
        ttl: Duration,
    ) -> Result<Option<Lock>, Error> {
        attempt(&Target::new(self, name.into(), ttl)?).await
    }
}

/// A lock that is asked for: see [`Cache::lock`].
#[must_use = "a lock is asked for only when this is awaited"]
#[derive(Debug)]
pub struct LockRequest {
    cache: Cache,
    name: String,
    ttl: Duration,
    wait: Duration,
}

impl LockRequest {
    /// How long to wait for the lock at most, beside the time that the store takes; zero is one attempt. By default it
    /// waits until it has the lock.
    pub fn wait(mut self, most: Duration) -> Self {
        self.wait = most;
        self
    }

    async fn acquire(self) -> Result<Lock, Error> {
        let target = Target::new(&self.cache, self.name, self.ttl)?;
        let end = Instant::now().checked_add(self.wait.min(LONGEST));
        for vain in 1.. {
            if let Some(lock) = attempt(&target).await? {
                return Ok(lock);
            }
            let left =
                end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                break;
            }
            if !has_clock() {
                let problem =
                    "waiting for a lock needs a Tokio runtime with time enabled around it";
                return Err(Error::custom(problem));
            }
            sleep(pause(vain).min(left)).await;
        }
        Err(Error::locked(&target.name, self.wait))
    }
}

impl IntoFuture for LockRequest {
    type Output = Result<Lock, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.acquire())
    }
}
