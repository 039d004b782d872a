//! Those who wait for a slot to change.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// Spares changes the lock while nobody waits.
    count: AtomicUsize,
    by_stripe: Mutex<HashMap<u32, Those>>,
}

/// Those who wait for one stripe.
#[derive(Debug, Default)]
struct Those {
    notify: Arc<Notify>,
    count: usize,
}

impl Waiting {
    /// Waits until `has_changed` is true, which is asked now and whenever the stripe is woken.
    pub(super) async fn wait(&self, stripe: u32, has_changed: impl Fn() -> bool + Send) {
        let one = One::new(self, stripe);
        loop {
            // First it waits, and then it asks: so no change can come in between.
            let notified = one.notify.notified();
            if has_changed() {
                return;
            }
            notified.await;
        }
    }

    pub(super) fn wake(&self, stripe: u32) {
        if self.count.load(Ordering::SeqCst) > 0
            && let Some(those) = self.lock().get(&stripe)
        {
            those.notify.notify_waiters();
        }
    }

    pub(super) fn wake_all(&self) {
        if self.count.load(Ordering::SeqCst) > 0 {
            self.lock().values().for_each(|those| those.notify.notify_waiters());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Those>> {
        self.by_stripe.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who waits.
struct One<'a> {
    waiting: &'a Waiting,
    stripe: u32,
    notify: Arc<Notify>,
}

impl<'a> One<'a> {
    fn new(waiting: &'a Waiting, stripe: u32) -> Self {
        waiting.count.fetch_add(1, Ordering::SeqCst);
        let mut by_stripe = waiting.lock();
        let those = by_stripe.entry(stripe).or_default();
        those.count += 1;
        Self { waiting, stripe, notify: Arc::clone(&those.notify) }
    }
}

impl Drop for One<'_> {
    fn drop(&mut self) {
        let mut by_stripe = self.waiting.lock();
        if let Some(those) = by_stripe.get_mut(&self.stripe) {
            those.count -= 1;
            if those.count == 0 {
                by_stripe.remove(&self.stripe);
            }
        }
        drop(by_stripe);
        self.waiting.count.fetch_sub(1, Ordering::SeqCst);
    }
}
