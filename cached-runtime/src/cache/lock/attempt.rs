//! One attempt to take a lock.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

use super::Lock;
use crate::call::Engine;
use crate::codec::wire;
use crate::key::push_last;
use crate::policy::LONGEST;
use crate::store::{Store, has_clock};
use crate::{Cache, Error};

/// What is to be locked, and for how long.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) engine: Arc<Engine>,
    /// As the user calls it.
    pub(super) name: String,
    pub(super) slot: String,
    fence: String,
    pub(super) ttl: Duration,
}

impl Target {
    pub(super) fn new(cache: &Cache, name: String, ttl: Duration) -> Result<Self, Error> {
        if name.is_empty() {
            return Err(Error::setting("name", "it is empty: a lock is known by its name"));
        }
        if ttl.is_zero() {
            return Err(Error::setting("ttl", "a lock of no time is never held"));
        }
        let engine = Arc::clone(cache.engine());
        if engine.store.is_none() {
            return Err(Error::setting("cache", "it is disabled, and a lock needs a store"));
        }
        let named = |kind: &str| {
            let mut slot = format!("{}%{kind}:", engine.namespace);
            push_last(&mut slot, &name);
            slot
        };
        let (slot, fence) = (named("lock"), named("fence"));
        Ok(Self { engine, name, slot, fence, ttl: whole(ttl) })
    }

    pub(super) fn store(&self) -> Result<&dyn Store, Error> {
        let disabled = || Error::setting("cache", "it is disabled, and a lock needs a store");
        let store = self.engine.store.as_ref().ok_or_else(disabled)?;
        Ok(store)
    }
}

/// Whole milliseconds, as Redis counts them: a holder must not think that it has the lock for longer than Redis does.
pub(super) fn whole(ttl: Duration) -> Duration {
    let millis = u64::try_from(ttl.min(LONGEST).as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(millis.max(1))
}

/// `None` if another has it. After an error the lock is not had, whatever became of the step: its token is taken back.
pub(super) async fn attempt(target: &Target) -> Result<Option<Lock>, Error> {
    let store = target.store()?;
    let runtime = Handle::try_current().ok();
    let claim = Claim { target, token: wire::new_lock(), runtime, is_settled: false };
    // From before the step: the store counts from later on.
    let asked = Instant::now();
    let taken = store.lock(&target.slot, &target.fence, &claim.token, target.ttl).await?;
    let (token, runtime) = claim.settle();
    Ok(taken.map(|fence| Lock::new(target.clone(), token, runtime, fence, asked)))
}

/// A token on its way to the slot. Unless it is known to be there or not, it is taken back, just in case: also when
/// the caller does not wait for it.
struct Claim<'a> {
    target: &'a Target,
    token: Bytes,
    runtime: Option<Handle>,
    is_settled: bool,
}

impl Claim<'_> {
    fn settle(mut self) -> (Bytes, Option<Handle>) {
        self.is_settled = true;
        (self.token.clone(), self.runtime.take())
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if !self.is_settled {
            give_back(self.target, &self.token, self.runtime.as_ref());
        }
    }
}

/// How often it is tried to give back a lock.
const ATTEMPTS: u32 = 4;

/// After the first attempt; twice as long each time.
const PAUSE: Duration = Duration::from_millis(50);

/// Frees the slot if this token is in it, while nobody waits for that. If it fails, the lock ends by itself.
///
/// Where there is no runtime around, as on a thread of the user's own, it is done on the one that took the lock.
pub(super) fn give_back(target: &Target, token: &Bytes, runtime: Option<&Handle>) {
    let (target, token, runtime) = (target.clone(), token.clone(), runtime.cloned());
    let engine = Arc::clone(&target.engine);
    engine.background.detach(async move {
        if !is_settled(&target, &token).await
            && let Some(runtime) = runtime.filter(|_| !has_clock())
        {
            let engine = Arc::clone(&target.engine);
            engine.background.start(&runtime, async move {
                is_settled(&target, &token).await;
            });
        }
    });
}

/// Whether the slot is known to be free of this token. No other holder has it, so it may be asked for again.
async fn is_settled(target: &Target, token: &Bytes) -> bool {
    let Ok(store) = target.store() else { return true };
    for attempt in 0..ATTEMPTS {
        let Err(error) = store.delete_if_starts(&target.slot, token).await else { return true };
        tracing::debug!(%error, lock = target.name, "a lock could not be given back, and ends by itself");
        if error.is_refused() || !has_clock() {
            return false;
        }
        sleep(PAUSE * 2_u32.pow(attempt)).await;
    }
    false
}

#[test]
fn times_are_as_redis_counts_them() {
    for (ttl, millis) in [(1, 1), (1_999_999, 1), (2_000_000, 2), (333_333_333, 333)] {
        assert_eq!(whole(Duration::from_nanos(ttl)), Duration::from_millis(millis));
    }
    assert_eq!(whole(Duration::MAX), LONGEST);
}
