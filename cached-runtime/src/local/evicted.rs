//! What becomes of the values that make room.

use quick_cache::Lifecycle;

use super::key::Place;
use super::tier::Stored;

/// Lets go of values when the lock on their part is given back, however many they are: `Drop` is the user's, and may take
/// long or panic, which would make the whole part unusable, for all functions.
#[derive(Debug, Clone, Copy)]
pub(super) struct DroppedLater;

impl Lifecycle<Place, Stored> for DroppedLater {
    type RequestState = Vec<Stored>;

    fn begin_request(&self) -> Self::RequestState {
        Vec::new()
    }

    fn on_evict(&self, evicted: &mut Self::RequestState, _place: Place, stored: Stored) {
        evicted.push(stored);
    }
}
