//! How far the session has come, for its task and for the reads.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::audience::{Audience, Session};
use super::session::Live;
use crate::duty::Duty;
use crate::store::redis::backoff::Backoff;
use crate::store::redis::failure::Failure;
use crate::store::redis::settings::Settings;

/// How often a server that refuses to track is asked again.
const REFUSED: Duration = Duration::from_secs(60);

/// Failures in a row after which it is told that no values are kept.
const FAILURES: u32 = 5;

pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) audience: Arc<Audience>,
    pub(super) phase: watch::Sender<Phase>,
    /// Keeping up the session.
    pub(super) duty: Duty,
    failing: Mutex<Failing>,
}

#[derive(Clone)]
pub(super) enum Phase {
    Idle,
    /// For the first time, as far as we know: reads wait for it.
    Starting,
    Up(Arc<Live>),
    /// It failed, or takes long: reads do not wait, and have it tried again after that time.
    Away(Instant),
}

/// Since it last worked.
struct Failing {
    times: u32,
    backoff: Backoff,
    was_told: bool,
}

impl Failing {
    fn not() -> Self {
        Self { times: 0, backoff: Backoff::new(), was_told: false }
    }
}

impl Shared {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            audience: Arc::default(),
            phase: watch::Sender::new(Phase::Idle),
            duty: Duty::default(),
            failing: Mutex::new(Failing::not()),
        }
    }

    /// How long a read may wait for this connection.
    pub(super) fn share(&self) -> Duration {
        self.settings.op_timeout / 2
    }

    /// Moves on, unless another session has begun.
    pub(super) fn enter(&self, session: Session, next: Phase) {
        self.phase.send_if_modified(|phase| {
            let is_last = self.audience.is_last(session);
            if is_last {
                *phase = next;
            }
            is_last
        });
    }

    /// The task of the session has ended.
    pub(super) fn leave(&self, session: Session) {
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
    pub(super) fn give_up_waiting(&self) {
        self.phase.send_if_modified(|phase| {
            let is_waited_for = matches!(phase, Phase::Starting);
            if is_waited_for {
                *phase = Phase::Away(Instant::now());
            }
            is_waited_for
        });
    }

    pub(super) fn works(&self, live: &Arc<Live>) {
        let was_told = std::mem::replace(&mut *self.failing(), Failing::not()).was_told;
        if was_told {
            tracing::info!(
                server = self.settings.address(),
                "the server tells of changes: values are kept in the process"
            );
        }
        self.enter(live.session, Phase::Up(Arc::clone(live)));
    }

    /// What comes after a session that failed.
    pub(super) fn wait_after(&self, failure: &Failure) -> Phase {
        let is_refused = match failure {
            Failure::Refused { .. } => !failure.is_passing(),
            Failure::Old(_) | Failure::Unexpected(_) => true,
            _ => false,
        };
        let mut failing = self.failing();
        failing.times = failing.times.saturating_add(1);
        let (server, problem) = (self.settings.address(), failure.problem());
        if failing.was_told || !is_refused && failing.times < FAILURES {
            tracing::debug!(server, %problem, "the server does not tell of changes at the moment");
        } else if is_refused {
            failing.was_told = true;
            tracing::warn!(server, %problem,
                "the server refuses to tell of changes, so no values are kept in the process: give the user the right \
                 `+client|tracking`, or accept values that are out of date for a while by `local(untracked = \"1s\")`");
        } else {
            failing.was_told = true;
            tracing::warn!(server, %problem,
                "no connection on which the server tells of changes lasts, so no values are kept in the process until \
                 one does: see what is between this process and the server, or accept values that are out of date for \
                 a while by `local(untracked = \"1s\")`");
        }
        let wait = if is_refused { REFUSED } else { failing.backoff.next() };
        Phase::Away(Instant::now() + wait)
    }

    fn failing(&self) -> MutexGuard<'_, Failing> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
