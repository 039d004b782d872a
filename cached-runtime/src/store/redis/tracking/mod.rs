//! A connection of its own on which Redis tells what has changed of that which was read over it (`CLIENT TRACKING`), so
//! that values can be kept in this process.
//!
//! It is made at the first read that needs it, in a task: so a call that is cancelled breaks nothing. While it can't be
//! had or does not answer, reads go over the connection of all other commands, and what they find is not kept.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use super::backoff::Backoff;
use super::failure::Failure;
use super::settings::Settings;
use crate::duty::Duty;
use crate::store::Tracker;

mod audience;
mod connect;
mod pushes;
mod session;

use audience::{Audience, Session};
use session::{Live, Task};

/// How often a server that refuses to track is asked again.
const REFUSED: Duration = Duration::from_secs(60);

pub(super) struct Tracking {
    shared: Arc<Shared>,
    /// The task of the session that began last.
    task: Mutex<Option<AbortHandle>>,
}

struct Shared {
    settings: Settings,
    audience: Arc<Audience>,
    phase: watch::Sender<Phase>,
    /// Keeping up the session.
    duty: Duty,
    backoff: Mutex<Backoff>,
    /// Whether it was told that the server refuses to track.
    was_told: AtomicBool,
}

/// How far the session has come.
#[derive(Clone)]
enum Phase {
    Idle,
    /// For the first time, as far as we know: reads wait for it.
    Starting,
    Up(Arc<Live>),
    /// It failed, or takes long: reads do not wait, and have it tried again after that time.
    Away(Instant),
}

impl Tracking {
    pub(super) fn new(settings: Settings) -> Self {
        let shared = Shared {
            settings,
            audience: Arc::default(),
            phase: watch::Sender::new(Phase::Idle),
            duty: Duty::default(),
            backoff: Mutex::new(Backoff::new()),
            was_told: AtomicBool::new(false),
        };
        Self { shared: Arc::new(shared), task: Mutex::new(None) }
    }

    pub(super) fn add(&self, tracker: Tracker) {
        self.shared.audience.add(tracker);
    }

    /// Reads over the connection, for at most a share of `op_timeout`: so there is time to ask another way.
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

impl Shared {
    /// How long a read may wait for this connection.
    fn share(&self) -> Duration {
        self.settings.op_timeout / 2
    }

    /// Moves on, unless another session has begun.
    fn enter(&self, session: Session, next: Phase) {
        self.phase.send_if_modified(|phase| {
            let is_last = self.audience.is_last(session);
            if is_last {
                *phase = next;
            }
            is_last
        });
    }

    /// The task of the session has ended.
    fn leave(&self, session: Session) {
        self.phase.send_if_modified(|phase| {
            let is_left =
                self.audience.is_last(session) && matches!(phase, Phase::Starting | Phase::Up(_));
            if is_left {
                *phase = Phase::Idle;
            }
            is_left
        });
    }

    /// Later reads are not to wait as long as one that has waited in vain.
    fn give_up_waiting(&self) {
        self.phase.send_if_modified(|phase| {
            let is_waited_for = matches!(phase, Phase::Starting);
            if is_waited_for {
                *phase = Phase::Away(Instant::now());
            }
            is_waited_for
        });
    }

    fn works(&self, live: &Arc<Live>) {
        *self.backoff() = Backoff::new();
        if self.was_told.swap(false, Ordering::Relaxed) {
            tracing::info!(
                server = self.settings.address(),
                "the server tells of changes: values are kept in the process"
            );
        }
        self.enter(live.session, Phase::Up(Arc::clone(live)));
    }

    /// What comes after a session that failed.
    fn wait_after(&self, session: Session, failure: &Failure) -> Phase {
        let (server, problem) = (self.settings.address(), failure.problem());
        let is_refused =
            matches!(failure, Failure::Refused { .. } | Failure::Old(_) | Failure::Unexpected(_));
        let wait = if is_refused { REFUSED } else { self.backoff().next() };
        if !is_refused || !self.audience.is_last(session) {
            tracing::debug!(server, %problem, "the server does not tell of changes at the moment");
        } else if !self.was_told.swap(true, Ordering::Relaxed) {
            tracing::warn!(server, %problem,
                "the server refuses to tell of changes, so no values are kept in the process: give the user the right \
                 `+client|tracking`, or accept values that are out of date for a while by `local(untracked = \"1s\")`");
        }
        Phase::Away(Instant::now() + wait)
    }

    fn backoff(&self) -> MutexGuard<'_, Backoff> {
        self.backoff.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
