//! Makes up for the invalidations that failed, once the store answers again.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::sleep;

use super::Subject;
use crate::Error;
use crate::call::Engine;

/// Between two looks whether the store is back: this at first, and twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Sees to it that a task is settling the doubts, if there are any: an earlier one may have ended with its runtime.
pub(crate) fn settle(engine: &Arc<Engine>) {
    let doubts = &engine.doubts;
    if doubts.settling.load(Ordering::Relaxed) || !doubts.any() {
        return;
    }
    let Ok(runtime) = Handle::try_current() else { return };
    if doubts.settling.swap(true, Ordering::AcqRel) {
        return;
    }
    let settling = Settling(Arc::downgrade(engine));
    runtime.spawn(async move {
        let mut pause = FIRST_PAUSE;
        loop {
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            let Some(engine) = settling.0.upgrade() else { return };
            if !engine.doubts.any() {
                return;
            }
            // What fails stays in doubt and is tried again.
            let _ = settle_some(&engine).await;
        }
    });
}

async fn settle_some(engine: &Engine) -> Result<(), Error> {
    let Some(store) = engine.store.as_ref().filter(|store| !store.is_away()) else {
        return Ok(());
    };
    for (subject, number) in engine.doubts.some() {
        match &subject {
            Subject::Slot(slot) => store.delete(slot).await.map(drop)?,
            Subject::Prefix(prefix) => store.delete_prefix(prefix).await.map(drop)?,
        }
        engine.doubts.remove(&subject, number);
    }
    Ok(())
}

/// Lets another task settle after this one, also when the runtime drops it.
struct Settling(Weak<Engine>);

impl Drop for Settling {
    fn drop(&mut self) {
        if let Some(engine) = self.0.upgrade() {
            engine.doubts.settling.store(false, Ordering::Release);
        }
    }
}
