//! Makes up for the invalidations that failed, once the store answers again.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::sleep;

use super::{Doubt, Subject};
use crate::Error;
use crate::call::join::{Step, all};
use crate::call::{Engine, Invalidation};
use crate::duty::Turn;
use crate::store::Store;

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
            let progress = !engine.is_away() && {
                let (steps, errors) = settle_some(&engine).await;
                errors.len() < steps
            };
            pause = if progress {
                Duration::ZERO
            } else {
                (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE)
            };
        }
    });
}

/// Settles all that are there, and what is added meanwhile, before the calls are let in again: see
/// [`Store::on_return`](crate::Store::on_return).
///
/// What the server refuses is left to the background task: it does answer, and more would be lost by keeping the calls
/// away from it.
pub(crate) async fn replay(engine: Arc<Engine>) -> Result<(), Error> {
    loop {
        let (steps, errors) = settle_some(&engine).await;
        let progress = errors.len() < steps;
        if let Some(error) = errors.into_iter().find(|error| !error.is_refused()) {
            return Err(error);
        }
        if !progress {
            return Ok(());
        }
    }
}

/// Settles a batch, all at once: they share a connection, and go to the server in few writes. How many steps that took,
/// and the errors of those that failed.
async fn settle_some(engine: &Arc<Engine>) -> (usize, Vec<Error>) {
    let Some(store) = engine.store.as_ref() else { return (0, Vec::new()) };
    let batch = engine.doubts.some();
    let tags: Vec<_> = batch.iter().filter(|doubt| doubt.tag().is_some()).collect();
    let mut steps: Vec<Step<'_>> = Vec::new();
    for doubt in &batch {
        match &doubt.subject {
            Subject::Slot(slot) => steps.push(Box::pin(settle_slot(engine, store, doubt, slot))),
            Subject::Prefix(prefix) => {
                steps.push(Box::pin(settle_prefix(engine, store, doubt, prefix)));
            }
            Subject::Tag(_) => {}
        }
    }
    if !tags.is_empty() {
        steps.push(Box::pin(settle_tags(engine, store, &tags)));
    }
    let count = steps.len();
    (count, all(steps).await)
}

async fn settle_slot(
    engine: &Arc<Engine>,
    store: &dyn Store,
    doubt: &Doubt,
    slot: &str,
) -> Result<(), Error> {
    store.delete(slot).await?;
    engine.board.overtake_slot(slot);
    engine.doubts.remove(doubt);
    engine.announce(&Invalidation::Entry(slot.to_owned()));
    Ok(())
}

async fn settle_prefix(
    engine: &Arc<Engine>,
    store: &dyn Store,
    doubt: &Doubt,
    prefix: &str,
) -> Result<(), Error> {
    let last = engine.doubts.last();
    store.delete_prefix(prefix).await?;
    engine.board.overtake(|slot| slot.starts_with(prefix));
    engine.doubts.remove(doubt);
    engine.doubts.remove_under(prefix, last);
    // What it was called by its user is no longer known.
    engine.announce(&Invalidation::Gap);
    Ok(())
}

/// In one step.
async fn settle_tags(
    engine: &Arc<Engine>,
    store: &dyn Store,
    doubts: &[&Doubt],
) -> Result<(), Error> {
    let tags: Vec<_> = doubts.iter().filter_map(|doubt| doubt.tag().cloned()).collect();
    store.invalidate_tags(&engine.clock, &tags).await?;
    for doubt in doubts {
        end_writes(store, doubt).await?;
        engine.doubts.remove(doubt);
    }
    engine.announce(&Invalidation::Gap);
    Ok(())
}

/// Takes the intents of writers that have ended from a tag: they are still there, and nothing is stored under it while
/// it has one.
async fn end_writes(store: &dyn Store, doubt: &Doubt) -> Result<(), Error> {
    let Some(tag) = doubt.tag() else { return Ok(()) };
    for writer in &doubt.writers {
        let ended = store.end_write(tag, *writer, None).await;
        // Where it is refused, the intent ends by itself.
        ended.map(drop).or_else(|error| if error.is_refused() { Ok(()) } else { Err(error) })?;
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
