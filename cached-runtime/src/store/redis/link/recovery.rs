//! From the fifth failure in a row until the server answers again: calls are held back, and one task tries.

use std::sync::{Arc, MutexGuard, PoisonError, Weak};

use tokio::time::{Instant, sleep};

use super::super::backoff::Backoff;
use super::super::connect::probe;
use super::super::failure::Failure;
use super::{Live, Shared, State};
use crate::duty::Turn;

/// Why calls are held back, and since when.
pub(super) struct Outage {
    failure: Arc<Failure>,
    /// The slot of the command that failed last: we may have no right to read any other.
    slot: String,
    since: Instant,
    was_told: bool,
}

impl Shared {
    /// Holds calls back from now on.
    pub(super) fn open(self: &Arc<Self>, failure: &Failure, slot: &str) {
        let problem = failure.problem();
        let told = self.outages.pass();
        if let Some(held_back) = told {
            tracing::warn!(server = self.address, %problem, held_back,
                "the server failed five times in a row: calls run uncached until it answers again");
        }
        *self.outage() = Some(Outage {
            failure: Arc::new(failure.clone()),
            slot: slot.to_owned(),
            since: Instant::now(),
            was_told: told.is_some(),
        });
        *self.state() = State::Idle;
        self.recover();
    }

    /// Sees to it that a task is trying to reach the server.
    pub(super) fn recover(self: &Arc<Self>) {
        let Some((turn, runtime)) = self.recovering.take() else { return };
        let recovering = Recovering { shared: Arc::downgrade(self), turn };
        runtime.spawn(async move {
            let mut backoff = Backoff::new();
            loop {
                sleep(backoff.next()).await;
                // A cache that nobody holds any more needs no server.
                let Some(shared) = recovering.shared.upgrade() else { return };
                if !shared.recovering.go_on(turn) {
                    return;
                }
                match shared.try_again(turn).await {
                    Ok(live) => return shared.close(live),
                    Err(failure) => shared.still_away(failure),
                }
            }
        });
    }

    pub(super) fn why_away(&self) -> Arc<Failure> {
        let outage = self.outage();
        outage.as_ref().map_or_else(|| Arc::new(Failure::Timeout), |it| Arc::clone(&it.failure))
    }

    async fn try_again(self: &Arc<Self>, turn: Turn) -> Result<Arc<Live>, Failure> {
        let live = self.connect().await?;
        let slot = self.outage().as_ref().map(|outage| outage.slot.clone());
        let slot = slot.filter(|slot| !slot.is_empty());
        let slot = slot.as_ref().unwrap_or(&self.settings.probe);
        probe(&mut live.connection.clone(), slot, self.settings.op_timeout).await?;
        self.replay(&live, turn).await?;
        Ok(live)
    }

    fn still_away(&self, failure: Failure) {
        if let Some(outage) = &mut *self.outage() {
            outage.failure = Arc::new(failure);
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
struct Recovering {
    shared: Weak<Shared>,
    turn: Turn,
}

impl Drop for Recovering {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            shared.recovering.end(self.turn);
        }
    }
}
