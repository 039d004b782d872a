//! Locks: slots that stay while they are held, with numbers that rise.

use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use quick_cache::Lifecycle;
use quick_cache::sync::DefaultLifecycle;
use tokio::time::Instant;

use super::{MemoryStore, Slot};

impl MemoryStore {
    /// The number is taken at the moment at which the slot is taken, while nobody else can: taken before, another
    /// holder could have a higher one and be gone already; taken after, another could have a lower one and come later.
    pub(super) fn take_lock(&self, slot: &str, token: &[u8], ttl: Duration) -> Option<u64> {
        let mut lock = Slot::new(Bytes::copy_from_slice(token), ttl);
        lock.is_lock = true;
        let mut fence = 0;
        let taken = self.fill_empty(slot, lock, || fence = self.next_fence()).is_none();
        taken.then_some(fence)
    }

    /// As in Redis, by the clock: what the numbers guard may live longer than this process.
    fn next_fence(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(since.as_micros()).unwrap_or(0);
        let next = |last: u64| Some(now.max(last + 1));
        let last = self.fence.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        now.max(last.unwrap_or_default() + 1)
    }
}

/// Keeps locks that are held from being dropped to make room.
#[derive(Clone, Default)]
pub(super) struct LocksStay(DefaultLifecycle<String, Slot>);

impl Lifecycle<String, Slot> for LocksStay {
    type RequestState = <DefaultLifecycle<String, Slot> as Lifecycle<String, Slot>>::RequestState;

    fn is_pinned(&self, _name: &String, slot: &Slot) -> bool {
        slot.is_lock && !slot.is_over(Instant::now())
    }

    fn begin_request(&self) -> Self::RequestState {
        self.0.begin_request()
    }

    fn on_evict(&self, state: &mut Self::RequestState, name: String, slot: Slot) {
        self.0.on_evict(state, name, slot);
    }
}
