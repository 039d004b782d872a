//! Makes up for the invalidations that failed, once the store answers again.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::Subject;
use crate::Error;
use crate::call::{Engine, Invalidation};
use crate::duty::Turn;

/// Between two looks whether the store is back: this at first, and twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Sees to it that a task is settling the doubts, if there are any.
pub(crate) fn settle(engine: &Arc<Engine>) {
    let doubts = &engine.doubts;
    if !doubts.any() {
        return;
    }
    let Some((turn, runtime)) = doubts.settling.take() else { return };
    let settling = Settling { engine: Arc::downgrade(engine), turn };
    runtime.spawn(async move {
        let mut pause = FIRST_PAUSE;
        loop {
            sleep(pause).await;
            let Some(engine) = settling.engine.upgrade() else { return };
            if !engine.doubts.settling.go_on(turn) || !engine.doubts.any() {
                return;
            }
            // What fails stays in doubt and is tried again.
            let progress = settle_some(&engine).await;
            pause = if progress {
                Duration::ZERO
            } else {
                (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE)
            };
        }
    });
}

/// Settles a batch, all at once: they share a connection, and go to the server in few writes. `false` if none went
/// through.
async fn settle_some(engine: &Arc<Engine>) -> bool {
    if engine.store.as_ref().is_none_or(|store| store.is_away()) {
        return false;
    }
    let mut steps = JoinSet::new();
    for doubt in engine.doubts.some() {
        let engine = Arc::clone(engine);
        steps.spawn(async move {
            let settled = settle_one(&engine, &doubt.subject).await.is_ok();
            if settled {
                engine.doubts.remove(&doubt);
            }
            settled
        });
    }
    let mut progress = false;
    while let Some(settled) = steps.join_next().await {
        progress |= settled.unwrap_or(false);
    }
    progress
}

async fn settle_one(engine: &Arc<Engine>, subject: &Subject) -> Result<(), Error> {
    let Some(store) = &engine.store else { return Ok(()) };
    match subject {
        Subject::Slot(slot) => {
            store.delete(slot).await?;
            engine.board.overtake_slot(slot);
            engine.announce(&Invalidation::Entry(slot.clone()));
        }
        Subject::Prefix(prefix) => {
            store.delete_prefix(prefix).await?;
            engine.board.overtake(|slot| slot.starts_with(prefix));
            // What it was called by its user is no longer known.
            engine.announce(&Invalidation::Gap);
        }
    }
    Ok(())
}

/// Lets another task settle after this one, also when the runtime drops it.
struct Settling {
    engine: Weak<Engine>,
    turn: Turn,
}

impl Drop for Settling {
    fn drop(&mut self) {
        if let Some(engine) = self.engine.upgrade() {
            engine.doubts.settling.end(self.turn);
        }
    }
}
