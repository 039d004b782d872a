//! What operators are told of writes. In an outage that would come with each of them.

use std::time::Duration;

use crate::Error;
use crate::observe::Throttle;

/// Between two events of a kind.
const INTERVAL: Duration = Duration::from_secs(10);

/// Those of one cache.
pub(in crate::call) struct WriteEvents {
    failures: Throttle,
    refusals: Throttle,
}

impl Default for WriteEvents {
    fn default() -> Self {
        Self { failures: Throttle::new(INTERVAL), refusals: Throttle::new(INTERVAL) }
    }
}

impl WriteEvents {
    /// A write could not be made known; what it returned is returned all the same.
    pub(super) fn failed(&self, error: &Error) {
        if let Some(held_back) = self.failures.pass() {
            tracing::warn!(%error, held_back, "what a function has written may not be invalidated");
        }
    }

    pub(super) fn refused(&self, error: &Error) {
        if let Some(held_back) = self.refusals.pass() {
            tracing::warn!(%error, held_back,
                "what a function has written is not stored, and its entry is empty");
        }
    }
}
