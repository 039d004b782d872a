//! The lock beside a slot. It is advice only.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::call::Desk;
use crate::call::engine::Engine;
use crate::call::lease::give_up;
use crate::codec::wire;
use crate::policy::Flight;
use crate::store::Store as _;

/// After a look at a lock that another process holds.
const BUSY: Duration = Duration::from_millis(100);

/// After a look at a lock that says that a refill has failed.
const HELD_OFF: Duration = Duration::from_secs(1);

/// What became of the attempt to lock a refill.
pub(super) enum Locked {
    Mine(Lock),
    /// Another process has it.
    Busy,
    /// The last refill has failed, and it is not yet time for another.
    HeldOff,
    /// The value is no longer in the slot.
    Changed,
    /// The store could not be asked.
    Failed,
}

impl Desk<'_> {
    /// Locks the refill of the value with this `mark`, and makes sure that it is still there.
    pub(super) async fn lock_refill(self, mark: &Bytes, flight: Flight, lease: Duration) -> Locked {
        let (engine, slot) = (Arc::clone(self.engine), Arc::clone(self.slot));
        if flight != Flight::Cluster {
            return Locked::Mine(Lock { engine, slot, held: None });
        }
        let Some(store) = &self.engine.store else { return Locked::Failed };
        let name: Arc<str> = format!("{slot}:refill").into();
        let token = wire::new_lease();
        // From here on it is unlocked when it is dropped.
        let lock = Lock { engine, slot, held: Some((Arc::clone(&name), token.clone())) };
        match store.set_if_absent(&name, token, lease).await {
            Ok(None) => {}
            Ok(Some(found)) => {
                lock.forget();
                if *found == *wire::HELD_OFF {
                    self.engine.holdoffs.hold(self.slot, HELD_OFF);
                    return Locked::HeldOff;
                }
                self.engine.holdoffs.busy(self.slot, BUSY);
                return Locked::Busy;
            }
            Err(error) => {
                self.failed(&error, "a refill could not be locked");
                return Locked::Failed;
            }
        }
        match store.get(self.slot).await {
            Ok(Some(found)) if found.starts_with(mark) => Locked::Mine(lock),
            Ok(_) => Locked::Changed,
            Err(error) => {
                self.failed(&error, "an entry could not be read");
                Locked::Failed
            }
        }
    }
}

/// The right of one process to refill. Dropped, it is unlocked; when a panic drops it, the refill has failed.
pub(in crate::call) struct Lock {
    engine: Arc<Engine>,
    slot: Arc<str>,
    /// Its name and its token, where it is in the store.
    held: Option<(Arc<str>, Bytes)>,
}

impl Lock {
    /// The refill has failed: for a while nobody tries again.
    pub(in crate::call) fn hold_off(mut self) {
        self.held_off();
    }

    fn held_off(&mut self) {
        let pause = self.engine.holdoffs.failed(&self.slot);
        let Some((name, token)) = self.held.take() else { return };
        let engine = Arc::clone(&self.engine);
        self.engine.background.detach(async move {
            let Some(store) = &engine.store else { return };
            let held_off = Bytes::from_static(wire::HELD_OFF);
            // Where it fails, the lock ends by itself.
            let _ = store.set_if_starts(&name, &token, held_off, pause).await;
        });
    }

    fn forget(mut self) {
        self.held = None;
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.held_off();
        } else if let Some((name, token)) = self.held.take() {
            give_up(&self.engine, &name, &token);
        }
    }
}
