//! What becomes of the values that make room.

use quick_cache::Lifecycle;

use super::key::Place;
use super::tier::Stored;

/// Hands values over, however many they are, to be let go of when the lock on their part is given back: `Drop` is the
/// user's, and may take long or panic in the middle of what is done to the part.
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
