//! One connection to the server that all calls share: made when first needed, replaced when it breaks or hangs,
//! left alone while the server is away.
//!
//! No call ever makes a connection itself: a task does, and calls wait for it for as long as they would wait for a
//! reply. So a call that is cancelled breaks nothing, and ten thousand calls make one connection.

use std::fmt;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{Client, Value};
use tokio::sync::watch;
use tokio::time::timeout;

use super::breaker::Breaker;
use super::connect::connect;
use super::failure::Failure;
use super::request::Request;
use super::settings::Settings;
use crate::Error;
use crate::duty::Duty;
use crate::observe::Throttle;
use crate::store::{OnReturn, has_clock};

mod abandoned;
mod recovery;
mod replay;

use abandoned::Abandoned;
use recovery::Outage;
use replay::Returns;

/// Timeouts in a row after which a connection is taken to hang.
const TIMEOUTS: u32 = 3;

/// One event of a kind in this time.
const EVENT_INTERVAL: Duration = Duration::from_secs(10);

/// How often a `READONLY` answer may have the address resolved again.
const RESOLVE_INTERVAL: Duration = Duration::from_secs(1);

/// The one command that nothing depends on: whoever has no right to it is not to be kept from the others.
pub(super) const PUBLISH: &str = "PUBLISH";

/// Whether a request is sent again, on a new connection, when its connection broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retry {
    /// For reads, and for invalidations, of which one too many is never wrong.
    Once,
    /// For other writes: sent twice, the second could undo what another client did in between.
    Never,
}

pub(super) struct Link {
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    settings: Settings,
    address: String,
    state: Mutex<State>,
    breaker: Breaker,
    /// Trying to reach the server.
    recovering: Duty,
    /// Asking the server in the place of calls that did not wait for it.
    checking: Duty,
    outage: Mutex<Option<Outage>>,
    returns: Returns,
    refusals: Throttle,
    outages: Throttle,
    resolving: Throttle,
}

enum State {
    Idle,
    Connecting(watch::Receiver<Option<Result<Arc<Live>, Failure>>>),
    Ready(Arc<Live>),
}

impl State {
    /// Whether `live` is the connection in use.
    fn is(&self, live: &Arc<Live>) -> bool {
        matches!(self, Self::Ready(current) if Arc::ptr_eq(current, live))
    }
}

/// A connection that works, as far as we know.
struct Live {
    connection: MultiplexedConnection,
    /// In a row.
    timeouts: AtomicU32,
}

impl Link {
    pub(super) fn new(settings: Settings) -> Result<Self, Error> {
        #[cfg(feature = "tls")]
        if settings.is_tls() {
            super::tls::ensure_provider();
        }
        let client = Client::open(settings.server.clone()).map_err(|error| {
            Error::setting("redis", format!("no client can be made ({})", error.category()))
        })?;
        let shared = Shared {
            client,
            address: settings.address(),
            settings,
            state: Mutex::new(State::Idle),
            breaker: Breaker::default(),
            recovering: Duty::default(),
            checking: Duty::default(),
            outage: Mutex::new(None),
            returns: Returns::default(),
            refusals: Throttle::new(EVENT_INTERVAL),
            outages: Throttle::new(EVENT_INTERVAL),
            resolving: Throttle::new(RESOLVE_INTERVAL),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// What another connection to the server is made from.
    pub(super) fn source(&self) -> (Client, Settings) {
        (self.shared.client.clone(), self.shared.settings.clone())
    }

    /// How long a command may take.
    pub(super) fn op_timeout(&self) -> Duration {
        self.shared.settings.op_timeout
    }

    /// The server, for people.
    pub(super) fn server(&self) -> &str {
        &self.shared.address
    }

    /// Whether calls are held back.
    pub(super) fn is_open(&self) -> bool {
        let open = self.shared.breaker.is_open();
        if open {
            self.shared.recover();
        }
        open
    }

    /// Calls `replay` at the end of each outage.
    pub(super) fn on_return(&self, replay: OnReturn) {
        self.shared.returns.add(replay);
    }

    /// Sends a command, or a pipeline, and waits for its reply, for `op_timeout` in all.
    ///
    /// `slot` is the one that it is about, or empty.
    pub(super) async fn send(
        &self,
        step: &'static str,
        slot: &str,
        request: &impl Request,
        retry: Retry,
    ) -> Result<Value, Failure> {
        if self.is_open() {
            let Some(live) = self.shared.replaying() else {
                return Err(Failure::Away(self.shared.why_away()));
            };
            // Boxed: the way of all other commands is to have no room for it.
            return Box::pin(self.shared.send_on(&live, request)).await;
        }
        if !has_clock() {
            return Err(Failure::Lost(
                "it needs a Tokio runtime with time and I/O enabled around the call".into(),
            ));
        }
        let mut used = None;
        let abandoned = Abandoned(Some(&self.shared));
        let reply = {
            // Pinned here: to be moved into the timeout costs more than the timeout.
            let attempts = pin!(async {
                let mut retry = retry;
                loop {
                    let reply = self.shared.attempt(request, &mut used).await;
                    if retry == Retry::Never || !matches!(reply, Err(Failure::Lost(_))) {
                        return reply;
                    }
                    self.shared.settle(step, slot, &reply, used.take());
                    retry = Retry::Never;
                }
            });
            timeout(self.shared.settings.op_timeout, attempts).await
        };
        let reply = reply.unwrap_or(Err(Failure::Timeout));
        abandoned.not();
        self.shared.settle(step, slot, &reply, used);
        reply
    }

    /// The error that an explicit call returns for a failure of `step`.
    pub(super) fn error(&self, step: &'static str, failure: Failure) -> Error {
        let server = self.shared.address.as_str();
        match failure {
            Failure::Away(since) => match &*since {
                Failure::Old(_) => self.error(step, (*since).clone()),
                Failure::Refused { problem, .. } => Error::held_back(server, &**problem),
                other => Error::unavailable(server, &*other.problem()),
            },
            Failure::Lost(problem) => Error::unavailable(server, &*problem),
            Failure::Timeout => Error::timeout(server, step, self.shared.settings.op_timeout),
            Failure::Old(found) => {
                Error::old_server(format!("{found} at {}", self.shared.settings.place()))
            }
            Failure::Refused { problem, .. } | Failure::Unexpected(problem) => {
                Error::refused(server, step, &*problem)
            }
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("settings", &self.shared.settings)
            .field("breaker", &self.shared.breaker)
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// One try, on the connection that it leaves in `used`.
    async fn attempt(
        self: &Arc<Self>,
        request: &impl Request,
        used: &mut Option<Arc<Live>>,
    ) -> Result<Value, Failure> {
        let live = self.live().await?;
        let mut connection = live.connection.clone();
        *used = Some(live);
        request.send(&mut connection).await
    }

    /// The connection, or the one that is being made.
    async fn live(self: &Arc<Self>) -> Result<Arc<Live>, Failure> {
        let mut connecting = {
            let mut state = self.state();
            match &*state {
                State::Ready(live) => return Ok(Arc::clone(live)),
                State::Connecting(connecting) => connecting.clone(),
                State::Idle => {
                    let connecting = self.start_connecting();
                    *state = State::Connecting(connecting.clone());
                    connecting
                }
            }
        };
        if let Ok(done) = connecting.wait_for(Option::is_some).await
            && let Some(result) = &*done
        {
            return result.clone();
        }
        // The task has gone without a word: its runtime was shut down. The next call starts another.
        let mut state = self.state();
        if matches!(&*state, State::Connecting(current) if current.same_channel(&connecting)) {
            *state = State::Idle;
        }
        Err(Failure::Lost("connecting ended with the runtime that it ran on".into()))
    }

    fn start_connecting(self: &Arc<Self>) -> watch::Receiver<Option<Result<Arc<Live>, Failure>>> {
        let (done, connecting) = watch::channel(None);
        let shared = Arc::clone(self);
        let mine = connecting.clone();
        tokio::spawn(async move {
            let result = shared.connect().await;
            {
                let mut state = shared.state();
                if matches!(&*state, State::Connecting(current) if current.same_channel(&mine)) {
                    *state = result.as_ref().map_or(State::Idle, |live| State::Ready(live.clone()));
                }
            }
            // Nobody may be waiting any more.
            let _ = done.send(Some(result));
        });
        connecting
    }

    async fn connect(&self) -> Result<Arc<Live>, Failure> {
        let connection = connect(&self.client, &self.settings).await?;
        Ok(Arc::new(Live { connection, timeouts: AtomicU32::new(0) }))
    }

    /// Draws the conclusions from what became of a command.
    fn settle(
        self: &Arc<Self>,
        step: &'static str,
        slot: &str,
        reply: &Result<Value, Failure>,
        used: Option<Arc<Live>>,
    ) {
        let failure = match reply {
            Err(failure)
                if failure.is_of_the_server() && !(step == PUBLISH && failure.is_of_rights()) =>
            {
                failure
            }
            _ => {
                if let Some(live) = used
                    && live.timeouts.load(Ordering::Relaxed) != 0
                {
                    live.timeouts.store(0, Ordering::Relaxed);
                }
                self.breaker.succeeded();
                return;
            }
        };
        if let Failure::Refused { problem, .. } = failure
            && let Some(held_back) = self.refusals.pass()
        {
            tracing::warn!(server = self.address, step, %problem, held_back,
                "the server refuses commands: calls run their bodies");
        }
        if used.is_none_or(|live| self.is_news(failure, &live)) && self.breaker.failed() {
            self.open(failure, slot);
        }
    }

    /// Whether the failure says something about the server that was not known: each connection breaks or hangs
    /// once, however many commands were waiting on it. Replaces a connection that did.
    fn is_news(&self, failure: &Failure, live: &Arc<Live>) -> bool {
        match failure {
            Failure::Timeout => {
                let timeouts = live.timeouts.fetch_add(1, Ordering::Relaxed) + 1;
                let is_current = self.is_current(live);
                if timeouts >= TIMEOUTS {
                    self.replace(live);
                }
                is_current
            }
            Failure::Refused { .. } if failure.is_read_only() => {
                if self.resolving.pass().is_some() {
                    self.replace(live);
                }
                true
            }
            Failure::Lost(_) => self.replace(live),
            _ => true,
        }
    }

    fn is_current(&self, live: &Arc<Live>) -> bool {
        self.state().is(live)
    }

    /// Lets go of a connection; the next call makes another. `false` if that has happened already.
    fn replace(&self, live: &Arc<Live>) -> bool {
        let mut state = self.state();
        let is_current = state.is(live);
        if is_current {
            *state = State::Idle;
        }
        is_current
    }

    /// A panic while it was held can't have left it half-way: every change is one assignment.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
