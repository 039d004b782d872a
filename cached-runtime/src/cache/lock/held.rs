//! A lock that is held.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::attempt::{Target, give_back, whole};
use crate::Error;
use crate::sync::{Mutex, lock};

/// The holder of a lock, from [`Cache::lock`](crate::Cache::lock). Dropped, it is given back in the background, by the
/// Tokio runtime: where that ends at once, as behind the last line of `main`, the lock stays until its time is over, unless
/// you [release](Lock::release) it, or wait for [`Cache::shutdown`](crate::Cache::shutdown).
#[must_use = "a lock is given back when it is dropped"]
pub struct Lock {
    pub(super) target: Target,
    token: Bytes,
    /// Where it was taken.
    runtime: Option<Handle>,
    fence: u64,
    /// Until when it is held for sure, unless the store loses it. `None` once it is lost, or given back.
    end: Mutex<Option<Instant>>,
    /// One at a time, so that the last one to be answered is the last one that was sent.
    renewing: tokio::sync::Mutex<()>,
}

impl Lock {
    /// `asked` is when the step that took it was begun.
    pub(super) fn new(
        target: Target,
        token: Bytes,
        runtime: Option<Handle>,
        fence: u64,
        asked: Instant,
    ) -> Self {
        let end = Mutex::new(Some(asked + target.ttl));
        Self { target, token, runtime, fence, end, renewing: tokio::sync::Mutex::default() }
    }

    /// A number that is higher than that of every holder before, for what is written to, to refuse a holder whose time
    /// was over without its knowing. In Redis it is the time of the server in microseconds, or one more than the last.
    ///
    /// It rises even if Redis has lost everything, unless its clock was turned back before it had.
    pub fn fence(&self) -> u64 {
        self.fence
    }

    /// Holds the lock for its `ttl` from now on.
    ///
    /// # Errors
    ///
    /// It is [lost](Error::is_lost): its time was over, or somebody deleted it, and another may hold it. Or the
    /// store failed: it is held until its time is over.
    pub async fn renew(&self) -> Result<(), Error> {
        self.renew_for(self.target.ttl).await
    }

    /// Holds the lock for `ttl` from now on.
    ///
    /// # Errors
    ///
    /// As for [`renew`](Lock::renew); or `ttl` is zero.
    pub async fn renew_for(&self, ttl: Duration) -> Result<(), Error> {
        if ttl.is_zero() {
            return Err(Error::setting("ttl", "zero would end the lock: use `release`"));
        }
        let ttl = whole(ttl);
        let _alone = self.renewing.lock().await;
        let end = Instant::now() + ttl;
        let Some(known) = self.end() else { return Err(self.lost("it was lost before")) };
        // If the reply is lost, the earlier of both may be its end.
        *lock(&self.end) = Some(known.min(end));
        let (slot, token) = (&self.target.slot, &self.token);
        let renewed = self.target.store()?.set_if_starts(slot, token, token.clone(), ttl).await?;
        *lock(&self.end) = renewed.then_some(end);
        if renewed {
            Ok(())
        } else {
            Err(self.lost("it was over, or deleted, before it was renewed"))
        }
    }

    /// Gives the lock back. `false` if it was lost before.
    ///
    /// # Errors
    ///
    /// The store failed: it is tried again in the background, and the lock ends by itself after its time.
    pub async fn release(self) -> Result<bool, Error> {
        if self.end().is_none() {
            return Ok(false);
        }
        let store = self.target.store()?;
        let released = store.delete_if_starts(&self.target.slot, &self.token).await?;
        *lock(&self.end) = None;
        Ok(released)
    }

    pub(super) fn end(&self) -> Option<Instant> {
        *lock(&self.end)
    }

    pub(super) fn lost(&self, problem: impl Into<String>) -> Error {
        Error::lost(&self.target.name, problem)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.end().is_some() {
            give_back(&self.target, &self.token, self.runtime.as_ref());
        }
    }
}

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock")
            .field("name", &self.target.name)
            .field("fence", &self.fence)
            .finish_non_exhaustive()
    }
}
