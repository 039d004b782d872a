//! The right to fill a slot (DESIGN, section 5). It stands in the slot itself, so whatever empties the slot takes it
//! away, and the fill can't undo that.
//!
//! Every step has an outcome that is not known: the reply was lost, and the step may happen later or have happened. It
//! is always taken for the worse.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;

use super::Desk;
use super::engine::Engine;
use super::fill::Offer;
use crate::Error;
use crate::codec::wire;
use crate::store::{Store as _, has_clock};

/// What became of the attempt to put a lease into a slot.
pub(super) enum Leased {
    /// It is there.
    Mine(Bytes),
    /// It is not; these bytes are.
    Taken(Bytes),
    /// It is not: what was to be replaced is no longer there.
    Changed,
    /// It may be there, or come later: when an invalidation has long been there, perhaps. So nothing is ever
    /// committed under it.
    Unknown,
}

impl Desk<'_> {
    /// Puts a lease into the slot, if it is empty.
    ///
    /// If the connection breaks, that is tried once more: where reads go over the one that tells of changes, this one may
    /// have been closed for being idle. The lease that was lost, whenever it comes, is not this one, and is given back.
    pub(super) async fn acquire(self, lease: Duration) -> Leased {
        let mut leased = self.try_to_acquire(lease).await;
        if leased.as_ref().is_err_and(Error::is_unavailable) && !self.engine.is_away() {
            leased = self.try_to_acquire(lease).await;
        }
        leased.unwrap_or_else(|error| {
            self.failed(&error, "the right to fill an entry could not be had");
            Leased::Unknown
        })
    }

    async fn try_to_acquire(self, lease: Duration) -> Result<Leased, Error> {
        let Some(store) = &self.engine.store else { return Ok(Leased::Unknown) };
        let attempt = Attempt::new(self);
        Ok(match store.set_if_absent(self.slot, attempt.lease.clone(), lease).await? {
            None => attempt.succeeded(),
            Some(found) => {
                attempt.failed();
                Leased::Taken(found)
            }
        })
    }

    /// Puts a lease into the slot, in the place of what begins with `start`: another lease, or what is of no use.
    pub(super) async fn take_over(self, start: &[u8], lease: Duration) -> Leased {
        let Some(store) = &self.engine.store else { return Leased::Unknown };
        let attempt = Attempt::new(self);
        match store.set_if_starts(self.slot, start, attempt.lease.clone(), lease).await {
            Ok(true) => attempt.succeeded(),
            Ok(false) => {
                attempt.failed();
                Leased::Changed
            }
            Err(error) => {
                self.failed(&error, "the right to fill an entry could not be taken over");
                Leased::Unknown
            }
        }
    }

    /// Puts a lease into a slot that holds the empty string, which has no beginning to compare.
    pub(super) async fn take_over_nothing(self, lease: Duration) -> Leased {
        let Some(store) = &self.engine.store else { return Leased::Unknown };
        // If there is something in it by now, that is lost: as by an invalidation, which is always right.
        if let Err(error) = store.delete(self.slot).await {
            self.failed(&error, "an entry that is no value could not be removed");
            return Leased::Unknown;
        }
        self.acquire(lease).await
    }

    /// Stores a value, if the fill's mark is still in the slot. A lost reply does no harm: whenever the step happens,
    /// it asks for the mark. Whether it is known what became of it.
    pub(super) async fn commit(self, mark: &[u8], Offer { value, ttl, .. }: Offer) -> bool {
        let Some(store) = &self.engine.store else { return true };
        match store.set_if_starts(self.slot, mark, value, ttl).await {
            Ok(true) => true,
            Ok(false) => {
                self.known.counters.overtaken.count();
                tracing::debug!(
                    function = self.known.path,
                    "a result is not stored, as its fill was overtaken"
                );
                true
            }
            Err(error) => {
                self.failed(&error, "a result could not be stored");
                false
            }
        }
    }

    /// Stores a value, whatever is in the slot.
    pub(super) async fn set(self, Offer { value, ttl, .. }: Offer) {
        let Some(store) = &self.engine.store else { return };
        if let Err(error) = store.set(self.slot, value, ttl).await {
            self.failed(&error, "a result could not be stored");
        }
    }

    /// Empties the slot, if the fill's mark is still in it. Nobody waits for it, but it is sent before what later
    /// calls send.
    pub(super) fn give_up(self, mark: &Bytes) {
        give_up(self.engine, self.slot, mark);
    }
}

/// How often it is tried to give up a mark.
const ATTEMPTS: u32 = 4;

/// After the first attempt; twice as long each time.
const PAUSE: Duration = Duration::from_millis(50);

/// What a slot holds for a moment.
const MOMENT: Duration = Duration::from_millis(1);

pub(super) fn give_up(engine: &Arc<Engine>, slot: &Arc<str>, mark: &Bytes) {
    let (held, slot, mark) = (Arc::clone(engine), Arc::clone(slot), mark.clone());
    engine.background.detach(async move {
        let Some(store) = held.store.as_ref() else { return };
        // No other fill has this mark, so it may be asked for again.
        for attempt in 0..ATTEMPTS {
            let Err(error) = store.delete_if_starts(&slot, &mark).await else { return };
            tracing::debug!(%error, "the right to fill an entry could not be given back, and ends by itself");
            if error.is_refused() {
                // There may be no right to scripts. Whatever is in the slot is lost then: as by an invalidation, which
                // is always right, while a lease that stays would hold up every call until its end.
                let emptied = store.set(&slot, wire::new_lease(), MOMENT).await;
                if emptied.is_ok() || emptied.is_err_and(|error| error.is_refused()) {
                    return;
                }
            }
            if !has_clock() {
                break;
            }
            sleep(PAUSE * 2_u32.pow(attempt)).await;
        }
        // Else, when the store is back, each call would wait for it, perhaps for all of its `wait`.
        held.doubt(&slot);
    });
}

/// A lease on its way to the slot. Unless it is known to be there or not, it is given back, just in case: also when
/// the call is cancelled.
struct Attempt<'a> {
    desk: Desk<'a>,
    lease: Bytes,
    is_settled: bool,
}

impl<'a> Attempt<'a> {
    fn new(desk: Desk<'a>) -> Self {
        Self { desk, lease: wire::new_lease(), is_settled: false }
    }

    fn succeeded(mut self) -> Leased {
        self.is_settled = true;
        Leased::Mine(self.lease.clone())
    }

    fn failed(mut self) {
        self.is_settled = true;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if !self.is_settled {
            self.desk.give_up(&self.lease);
        }
    }
}
