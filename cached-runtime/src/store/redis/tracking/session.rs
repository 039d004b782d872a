//! One connection's life, in a task of its own: it is made, asked again and again whether it still tells, and given up.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ::redis::aio::MultiplexedConnection;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::audience::Session;
use super::connect::{ask, connect};
use super::pushes::Pushes;
use super::shared::{Phase, Shared};
use crate::duty::Turn;
use crate::store::redis::failure::Failure;
use crate::store::tracker::Tracker;

/// How often the connection is asked.
const HEARTBEAT: Duration = Duration::from_millis(250);

/// A connection that tracks.
pub(super) struct Live {
    pub(super) connection: MultiplexedConnection,
    pub(super) session: Session,
    /// Whether it was slow to answer, so that reads had better not wait for it.
    is_slow: AtomicBool,
}

impl Live {
    pub(super) fn is_slow(&self) -> bool {
        self.is_slow.load(Ordering::Relaxed)
    }

    pub(super) fn set_slow(&self, is_slow: bool) {
        self.is_slow.store(is_slow, Ordering::Relaxed);
    }
}

/// Dropped with its task, also by a runtime that ends, it ends the session.
pub(super) struct Task {
    pub(super) shared: Arc<Shared>,
    pub(super) session: Session,
    pub(super) turn: Turn,
}

impl Task {
    pub(super) async fn run(self) {
        let ended = self.live().await;
        // That another session has begun is no failure.
        if self.shared.audience.is_last(self.session) {
            let next = match ended {
                Ok(()) => Phase::Idle,
                Err(failure) => self.shared.wait_after(&failure),
            };
            self.shared.enter(self.session, next);
        }
    }

    /// Until nobody needs it any more.
    ///
    /// # Errors
    ///
    /// Why changes are not told any more.
    async fn live(&self) -> Result<(), Failure> {
        let Shared { audience, settings, .. } = &*self.shared;
        let (pushes, mut closed) = Pushes::new(Arc::clone(audience), self.session);
        let connecting = connect(settings, pushes);
        let connection = self.attend(settings.connect_timeout(), || {}, connecting).await?;
        let live = Live { connection, session: self.session, is_slow: AtomicBool::new(false) };
        let live = Arc::new(live);
        self.beat(&live).await?;
        self.shared.works(&live);
        loop {
            pause(&mut closed).await?;
            if !audience.is_there() {
                return Ok(());
            }
            self.beat(&live).await?;
        }
    }

    /// Asks once. The answer proves that all has been told that changed before the question was sent.
    async fn beat(&self, live: &Live) -> Result<(), Failure> {
        if !self.shared.duty.go_on(self.turn) {
            return Err(over());
        }
        let sent = Instant::now();
        let mut connection = live.connection.clone();
        self.attend(Tracker::DETECTION, || live.set_slow(true), ask(&mut connection)).await?;
        live.set_slow(sent.elapsed() > self.shared.share());
        if self.shared.audience.trust_until(self.session, sent + Tracker::DETECTION) {
            Ok(())
        } else {
            Err(over())
        }
    }

    /// Waits for `work`, for at most `limit` of time in which this process runs: if it was stopped, what has come
    /// meanwhile is looked at first. Calls `late` each time when there is nothing yet.
    async fn attend<T>(
        &self,
        limit: Duration,
        late: impl Fn(),
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let mut work = pin!(work);
        let mut left = limit;
        while !left.is_zero() {
            let slice = left.min(HEARTBEAT);
            if let Ok(done) = timeout(slice, &mut work).await {
                return done;
            }
            if !self.shared.duty.go_on(self.turn) {
                return Err(over());
            }
            late();
            left -= slice;
        }
        Err(Failure::Timeout)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.shared.audience.end(self.session);
        // What `run` has decided, or else its runtime has ended, and the next one can begin at once.
        self.shared.leave(self.session);
        self.shared.duty.end(self.turn);
    }
}

/// Another session has begun, or the connection has ended.
fn over() -> Failure {
    Failure::Lost("its session is over".into())
}

/// Until it is time to ask again.
///
/// # Errors
///
/// The connection has ended.
async fn pause(closed: &mut oneshot::Receiver<Infallible>) -> Result<(), Failure> {
    match timeout(HEARTBEAT, closed).await {
        Err(_) => Ok(()),
        Ok(_) => Err(Failure::Lost("the connection was closed".into())),
    }
}
