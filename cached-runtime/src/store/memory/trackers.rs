//! Those who are told of changes.

use std::sync::{PoisonError, RwLock};

use crate::store::Tracker;

#[derive(Default)]
pub(super) struct Trackers(RwLock<Vec<Tracker>>);

impl Trackers {
    pub(super) fn add(&self, tracker: Tracker) {
        tracker.trust();
        let mut trackers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        trackers.retain(|tracker| !tracker.is_gone());
        trackers.push(tracker);
    }

    /// A slot has changed.
    pub(super) fn tell(&self, slot: &str) {
        self.each(|tracker| tracker.changed(slot));
    }

    pub(super) fn tell_all(&self) {
        self.each(Tracker::all_changed);
    }

    fn each(&self, tell: impl Fn(&Tracker)) {
        self.0.read().unwrap_or_else(PoisonError::into_inner).iter().for_each(tell);
    }
}
