//! From the fifth failure in a row until the server answers again: calls are held back, and one task tries.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError, Weak};

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

use super::super::backoff::Backoff;
use super::super::connect::probe;
use super::super::failure::Failure;
use super::{Live, Shared, State};

/// Why calls are held back, and since when.
pub(super) struct Outage {
    problem: Arc<str>,
    since: Instant,
    was_told: bool,
}

impl Shared {
    /// Holds calls back from now on.
    pub(super) fn open(self: &Arc<Self>, failure: &Failure) {
        let problem = failure.problem();
        let told = self.outages.pass();
        if let Some(held_back) = told {
            tracing::warn!(server = self.address, %problem, held_back,
                "the server failed five times in a row: calls run uncached until it answers again");
        }
        let outage = Outage { problem, since: Instant::now(), was_told: told.is_some() };
        *self.outage() = Some(outage);
        *self.state() = State::Idle;
        self.recover();
    }

    /// Sees to it that a task is trying to reach the server: the first one may have ended with its runtime.
    pub(super) fn recover(self: &Arc<Self>) {
        if self.recovering.load(Ordering::Relaxed) {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        if self.recovering.swap(true, Ordering::AcqRel) {
            return;
        }
        let recovering = Recovering(Arc::downgrade(self));
        runtime.spawn(async move {
            let mut backoff = Backoff::new();
            loop {
                sleep(backoff.next()).await;
                // A cache that nobody holds any more needs no server.
                let Some(shared) = recovering.0.upgrade() else { return };
                match shared.try_again().await {
                    Ok(live) => return shared.close(live),
                    Err(failure) => shared.still_away(&failure),
                }
            }
        });
    }

    pub(super) fn why_away(&self) -> Arc<str> {
        let outage = self.outage();
        outage.as_ref().map_or_else(|| "it is away".into(), |outage| Arc::clone(&outage.problem))
    }

    async fn try_again(&self) -> Result<Arc<Live>, Failure> {
        let live = self.connect().await?;
        probe(&mut live.connection.clone(), &self.settings).await?;
        Ok(live)
    }

    fn still_away(&self, failure: &Failure) {
        if let Some(outage) = &mut *self.outage() {
            outage.problem = failure.problem();
        }
    }

    fn close(&self, live: Arc<Live>) {
        *self.state() = State::Ready(live);
        let outage = self.outage().take();
        self.breaker.close();
        if let Some(outage) = outage.filter(|outage| outage.was_told) {
            let away = outage.since.elapsed();
            tracing::info!(
                server = self.address,
                ?away,
                "the server answers again: calls are cached"
            );
        }
    }

    fn outage(&self) -> MutexGuard<'_, Option<Outage>> {
        self.outage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the link when its task is gone, also when the runtime drops it.
struct Recovering(Weak<Shared>);

impl Drop for Recovering {
    fn drop(&mut self) {
        if let Some(shared) = self.0.upgrade() {
            shared.recovering.store(false, Ordering::Release);
        }
    }
}
