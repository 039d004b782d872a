//! What a store tells a cache of the slots that change, so that values can be kept decoded in the process.
//!
//! Nothing is searched for or removed when a slot changes. Each slot has a counter, shared with a few others, and a kept
//! value counts only while the counters of its slots are what they were **before its read was sent** (as the versioned
//! stripes of TL2: Dice, Shalev and Shavit, DISC 2006). So whatever is told after that wins, also if it is told between
//! the reply and the keeping of the value.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use crate::clock::Tick;

mod stamp;
mod waiting;
mod watch;

pub(crate) use stamp::{Stamp, Ticket};
pub(crate) use watch::Watch;

/// Where a [`Store`](crate::Store) tells of changes: see [`Store::track`](crate::Store::track). A clone tells the same
/// cache.
///
/// It is told of a change no later than when it is made in this process, or as soon as the store hears of it. To tell of
/// too much only costs reads.
///
/// Before [`trust`](Self::trust) or [`trust_until`](Self::trust_until) nothing that is kept counts.
///
/// # Examples
///
/// What a store in this process can have:
///
/// ```
/// use std::sync::Mutex;
///
/// use cached_runtime::Tracker;
///
/// #[derive(Default)]
/// struct Trackers(Mutex<Vec<Tracker>>);
///
/// impl Trackers {
///     /// For `Store::track`.
///     fn add(&self, tracker: Tracker) {
///         tracker.trust(); // as each step tells it
///         self.0.lock().unwrap().push(tracker);
///     }
///
///     /// For each step that changes a slot, before it returns; its `get_tracked` says that reads are tracked.
///     fn changed(&self, slot: &str) {
///         let mut trackers = self.0.lock().unwrap();
///         trackers.retain(|tracker| !tracker.is_gone());
///         trackers.iter().for_each(|tracker| tracker.changed(slot));
///     }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Tracker {
    watch: Weak<Watch>,
}

impl Tracker {
    /// How long kept values may be out of date where nobody knows that changes are not told any more.
    pub const DETECTION: Duration = Duration::from_secs(1);

    pub(crate) fn new(watch: &Arc<Watch>) -> Self {
        Self { watch: Arc::downgrade(watch) }
    }

    /// What is in `slot` has changed, or may have.
    pub fn changed(&self, slot: &str) {
        if let Some(watch) = self.watch.upgrade() {
            watch.changed(slot);
        }
    }

    /// What is in any slot may have changed.
    pub fn all_changed(&self) {
        if let Some(watch) = self.watch.upgrade() {
            watch.all_changed();
        }
    }

    /// From now on changes can't be told, and some may have been missed: nothing counts that was kept so far.
    pub fn lost(&self) {
        if let Some(watch) = self.watch.upgrade() {
            watch.lost();
        }
    }

    /// Kept values count until `until`: all changes that the store made until one [`DETECTION`](Self::DETECTION) before
    /// that have been told.
    pub fn trust_until(&self, until: Instant) {
        if let Some(watch) = self.watch.upgrade() {
            // The clock is read first: if this thread stands still in between, it trusts for less, and not for longer.
            let now = Tick::now();
            watch.trust_for(now, until.saturating_duration_since(Instant::now()));
        }
    }

    /// Kept values count from now on: each change is told as part of it.
    pub fn trust(&self) {
        if let Some(watch) = self.watch.upgrade() {
            watch.trust();
        }
    }

    /// Whether its cache is gone, so that nothing need be told any more.
    pub fn is_gone(&self) -> bool {
        self.watch.strong_count() == 0
    }
}
