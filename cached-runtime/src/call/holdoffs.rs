//! Entries whose refill is not to be tried for a while: the last one failed, or another process is at it.
//!
//! What Redis says of that is remembered here, so that not every call asks again.

use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;
use tokio::time::Instant;

/// Entries that are remembered; of more than these, the ones that are asked for least are forgotten.
const MOST: usize = 10_000;

const FIRST: Duration = Duration::from_secs(1);

const LONGEST: Duration = Duration::from_secs(30);

pub(super) struct Holdoffs(Cache<Arc<str>, Holdoff>);

#[derive(Clone, Copy)]
struct Holdoff {
    until: Instant,
    /// In a row.
    failures: u32,
    /// Another process is at it.
    is_busy: bool,
}

impl Default for Holdoffs {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}

impl Holdoffs {
    /// Whether a refill is to be tried now.
    pub(super) fn allow(&self, slot: &Arc<str>) -> bool {
        self.0.get(slot).is_none_or(|holdoff| holdoff.until <= Instant::now())
    }

    /// Whether the last refill has failed, and none is to be tried now.
    pub(super) fn has_failed(&self, slot: &Arc<str>) -> bool {
        let is_over = |holdoff: &Holdoff| holdoff.until <= Instant::now();
        self.0.get(slot).is_some_and(|holdoff| !holdoff.is_busy && !is_over(&holdoff))
    }

    /// A refill has failed: for how long nobody is to try. The longer, the more often it has failed.
    pub(super) fn failed(&self, slot: &Arc<str>) -> Duration {
        let failures = self.failures(slot);
        let pause = FIRST.saturating_mul(1 << failures.min(5)).min(LONGEST);
        // Many entries that fail together are not to try together.
        let pause = pause.mul_f64(0.75 + fastrand::f64() / 4.0);
        self.insert(slot, pause, failures + 1, false);
        pause
    }

    /// Another process is at it.
    pub(super) fn busy(&self, slot: &Arc<str>, pause: Duration) {
        self.insert(slot, pause, self.failures(slot), true);
    }

    /// Another process has failed.
    pub(super) fn hold(&self, slot: &Arc<str>, pause: Duration) {
        self.insert(slot, pause, self.failures(slot), false);
    }

    pub(super) fn succeeded(&self, slot: &Arc<str>) {
        self.0.remove(slot);
    }

    fn failures(&self, slot: &Arc<str>) -> u32 {
        self.0.peek(slot).map_or(0, |holdoff| holdoff.failures)
    }

    fn insert(&self, slot: &Arc<str>, pause: Duration, failures: u32, is_busy: bool) {
        let until = Instant::now() + pause;
        self.0.insert(Arc::clone(slot), Holdoff { until, failures, is_busy });
    }
}

#[cfg(test)]
#[tokio::test(start_paused = true)]
async fn each_failure_in_a_row_makes_it_longer_up_to_a_bound() {
    let holdoffs = Holdoffs::default();
    let slot = Arc::from("t:a");
    assert!(holdoffs.allow(&slot));
    for seconds in [1, 2, 4, 8, 16, 30, 30, 30] {
        let (pause, longest) = (holdoffs.failed(&slot), Duration::from_secs(seconds));
        assert!(pause <= longest && pause >= longest * 3 / 4, "{pause:?} of {longest:?}");
        assert!(!holdoffs.allow(&slot));
        tokio::time::advance(pause).await;
        assert!(holdoffs.allow(&slot));
    }
    holdoffs.succeeded(&slot);
    assert!(holdoffs.failed(&slot) <= FIRST);
}
