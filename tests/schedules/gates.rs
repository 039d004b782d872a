//! Where bodies and steps wait until the seed lets one of them go on.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Notify, oneshot};

#[derive(Default)]
pub(crate) struct Gates {
    waiting: Mutex<Vec<Waiting>>,
    /// Steps that the store is at.
    busy: AtomicUsize,
    changed: Notify,
}

struct Waiting {
    /// Drawn on arrival: some wait for long, and others overtake them.
    rank: u32,
    open: oneshot::Sender<u32>,
}

impl Gates {
    /// Waits until it is opened, and returns what was drawn for that.
    pub(crate) async fn pass(&self, rank: u32) -> u32 {
        let (open, opened) = oneshot::channel();
        self.waiting.lock().unwrap().push(Waiting { rank, open });
        self.changed.notify_one();
        opened.await.expect("gates are opened, and not torn down")
    }

    /// Opens one of the gates with somebody before it, of a rank up to `most`. `false` if there is none.
    pub(crate) fn open(&self, rng: &mut fastrand::Rng, by_rank: bool, most: u32) -> bool {
        let mut waiting = self.waiting.lock().unwrap();
        waiting.retain(|it| !it.open.is_closed());
        if waiting.is_empty() {
            return false;
        }
        let any = rng.usize(..waiting.len());
        let lowest = || (0..waiting.len()).min_by_key(|at| waiting[*at].rank);
        let at = lowest().filter(|_| by_rank).unwrap_or(any);
        if waiting[at].rank > most {
            return false;
        }
        // In the order of their arrival, so that a seed means the same each time.
        let chosen = waiting.remove(at);
        drop(waiting);
        let drawn = rng.u32(..);
        // It may be cancelled just now.
        let _ = chosen.open.send(drawn);
        true
    }

    /// Waits until somebody is before a gate, and opens that of the one who came last.
    pub(crate) async fn open_last(&self) {
        self.open_one(Vec::pop).await;
    }

    /// That of the one who came first.
    pub(crate) async fn open_first(&self) {
        self.open_one(|waiting| (!waiting.is_empty()).then(|| waiting.remove(0))).await;
    }

    async fn open_one(&self, take: impl Fn(&mut Vec<Waiting>) -> Option<Waiting>) {
        loop {
            let taken = take(&mut self.waiting.lock().unwrap());
            if let Some(taken) = taken {
                let _ = taken.open.send(u32::MAX);
                return;
            }
            self.changed().await;
        }
    }

    /// The store is at a step until the result is dropped.
    pub(crate) fn at_work(&self) -> AtWork<'_> {
        self.busy.fetch_add(1, Ordering::SeqCst);
        AtWork(self)
    }

    /// Something has happened that the schedule waits for.
    pub(crate) fn tell(&self) {
        self.changed.notify_one();
    }

    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Waits until everybody waits, at a gate or for a clock.
    pub(crate) async fn quiet(&self) {
        for _ in 0..4 {
            while self.busy.load(Ordering::SeqCst) > 0 {
                self.changed().await;
            }
            // Those who were woken go first.
            tokio::task::yield_now().await;
        }
    }
}

pub(crate) struct AtWork<'a>(&'a Gates);

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::SeqCst);
        self.0.tell();
    }
}
