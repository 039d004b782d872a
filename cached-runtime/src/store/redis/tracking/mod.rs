//! A connection of its own on which Redis tells what has changed of that which was read over it (`CLIENT TRACKING`), so
//! that values can be kept in this process.
//!
//! It is made at the first read that needs it, in a task: so a call that is cancelled breaks nothing. While it can't be
//! had or does not answer, reads go over the connection of all other commands, and what they find is not kept.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use super::failure::Failure;
use super::settings::Settings;
use crate::store::Tracker;

mod audience;
mod connect;
mod pushes;
mod session;
mod shared;

use session::{Live, Task};
use shared::{Phase, Shared};

pub(super) struct Tracking {
    shared: Arc<Shared>,
    /// The task of the session that began last.
    task: Mutex<Option<AbortHandle>>,
}

impl Tracking {
    pub(super) fn new(settings: Settings) -> Self {
        Self { shared: Arc::new(Shared::new(settings)), task: Mutex::new(None) }
    }

    pub(super) fn add(&self, tracker: Tracker) {
        self.shared.audience.add(tracker);
    }

    /// How long a read may wait for this connection: a part of `op_timeout`, so that there is time to ask another way.
    pub(super) fn share(&self) -> Duration {
        self.shared.share()
    }

    /// Reads over the connection, for at most its [share](Self::share) of the time.
    ///
    /// `None` if that fails, or if it may be that changes since then are not told.
    pub(super) async fn read<T, F>(
        &self,
        read: impl FnOnce(MultiplexedConnection) -> F,
    ) -> Option<T>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let mut used = None;
        let found = timeout(self.shared.share(), async {
            let live = self.live().await?;
            let connection = live.connection.clone();
            used = Some(live);
            read(connection).await.ok()
        });
        let Ok(found) = found.await else {
            match used {
                Some(live) => live.set_slow(true),
                None => self.shared.give_up_waiting(),
            }
            return None;
        };
        // It counts only if changes have been told from before it until now.
        found.filter(|_| used.is_some_and(|live| self.shared.audience.is_on(live.session)))
    }

    /// The connection, if there is one that answers; the first one is waited for.
    async fn live(&self) -> Option<Arc<Live>> {
        let phase = self.shared.phase.borrow().clone();
        match phase {
            Phase::Up(live) if !live.is_slow() => return Some(live),
            Phase::Away(until) if Instant::now() < until => return None,
            _ => self.start(),
        }
        let mut phase = self.shared.phase.subscribe();
        let phase = phase.wait_for(|phase| !matches!(phase, Phase::Starting)).await.ok()?;
        match &*phase {
            Phase::Up(live) if !live.is_slow() => Some(Arc::clone(live)),
            _ => None,
        }
    }

    /// Begins a session, if there is none with a task that is at work.
    fn start(&self) {
        let shared = &self.shared;
        // Values that nobody keeps need no session.
        if !shared.audience.is_there() {
            return;
        }
        let Some((turn, runtime)) = shared.duty.take() else { return };
        let session = shared.audience.begin();
        let next = match *shared.phase.borrow() {
            Phase::Idle => Phase::Starting,
            _ => Phase::Away(Instant::now()),
        };
        shared.enter(session, next);
        let task = Task { shared: Arc::clone(shared), session, turn };
        let task = runtime.spawn(task.run()).abort_handle();
        *self.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
    }
}

impl Drop for Tracking {
    fn drop(&mut self) {
        // Its task may be on a runtime that nobody drives.
        self.shared.audience.end_all();
        let task = self.task.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = task.take() {
            task.abort();
        }
    }
}
