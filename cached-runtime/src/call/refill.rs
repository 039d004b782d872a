//! Refilling a slot whose value is stale, or soon will be.
//!
//! The value stays in the slot while the body runs, and the refill is committed only if that very value, known by its
//! mark, is still there. A lock beside the slot keeps the processes from refilling it all at once. It is advice only:
//! what it holds, or that it is lost, never makes a wrong value.

use std::future::Future;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep_until, timeout};

use super::Desk;
use super::engine::Engine;
use super::errors::Errors;
use super::lease::give_up;
use super::look::{Look, Looking, Next, Step};
use super::pace::pause;
use super::read::freshness;
use super::returned::Returned;
use super::run::{Lead, Role, Run, share, tell_of_a_long_body};
use crate::codec::wire;
use crate::flight::{Boarding, Found, Leader, Mark};
use crate::observe::{KnownRef, Outcome};
use crate::policy::{Flight, Freshness, Policy};
use crate::store::has_clock;

/// After a look at a lock that another process holds.
const BUSY: Duration = Duration::from_millis(100);

/// After a look at a lock that says that a refill has failed.
const HELD_OFF: Duration = Duration::from_secs(1);

impl<V> Looking<'_, V> {
    /// Returns a value that was read, or refills the slot first.
    pub(super) async fn use_value(&mut self, value: V, found: Found) -> Next<V> {
        let freshness = freshness(self.policy, &found);
        let outcome = match freshness {
            Freshness::Fresh => return Break(Look::Value(value, Outcome::Hit)),
            Freshness::Early => Outcome::Hit,
            Freshness::Revalidate | Freshness::IfError | Freshness::Over => Outcome::Stale,
        };
        let mark = wire::start(&found.bytes);
        let holdoffs = &self.desk.engine.holdoffs;
        match freshness {
            Freshness::Fresh | Freshness::Early | Freshness::Revalidate => {
                let board = &self.desk.engine.board;
                let is_allowed = holdoffs.allow(self.desk.slot);
                let leader = is_allowed.then(|| board.refill_alone(self.desk.slot, &mark));
                let Some(leader) = leader.flatten() else {
                    return Break(Look::Value(value, outcome));
                };
                if freshness == Freshness::Early {
                    self.refill_early(value, leader, &mark).await
                } else {
                    Break(Look::Refill(value, leader))
                }
            }
            Freshness::IfError if holdoffs.has_failed(self.desk.slot) => {
                Break(Look::Value(value, outcome))
            }
            Freshness::IfError => {
                self.fallback = Some((value, outcome));
                self.refill_first(&mark).await
            }
            Freshness::Over => {
                self.fallback = None;
                self.refill_first(&mark).await
            }
        }
    }

    /// This one call refills, while all others go on with the value.
    async fn refill_early(&mut self, value: V, mut leader: Leader, mark: &Bytes) -> Next<V> {
        let Locked::Mine(lock) = self.lock(mark).await else {
            leader.time_out();
            return Break(Look::Value(value, Outcome::Hit));
        };
        self.fallback = Some((value, Outcome::Hit));
        self.run(Role::Lead(Lead { leader, lock: Some(lock) }))
    }

    /// Nobody returns before the slot is refilled, or that has failed.
    async fn refill_first(&mut self, mark: &Bytes) -> Next<V> {
        let mut leader = match self.desk.engine.board.refill(self.desk.slot, mark) {
            Boarding::Lead(leader) => leader,
            Boarding::Follow(waiting) => {
                return Continue(Step::Wait(waiting));
            }
        };
        let mut vain = 0;
        loop {
            match self.lock(mark).await {
                Locked::Mine(lock) => {
                    return self.run(Role::Lead(Lead { leader, lock: Some(lock) }));
                }
                // Without the lock: it is advice only.
                Locked::Failed => return self.run(Role::Lead(Lead::of(leader))),
                Locked::HeldOff => {
                    leader.time_out();
                    return match self.fallback.take() {
                        Some((value, outcome)) => Break(Look::Value(value, outcome)),
                        None => self.run(Role::Alone),
                    };
                }
                Locked::Changed => {
                    leader.time_out();
                    return self.start_over();
                }
                Locked::Busy => {
                    vain += 1;
                    let Some(deadline) = self.deadline() else {
                        return self.run(Role::Lead(Lead::of(leader)));
                    };
                    if Instant::now() >= deadline {
                        return self.run(Role::Lead(Lead::of(leader)));
                    }
                    sleep_until(deadline.min(Instant::now() + pause(vain))).await;
                }
            }
        }
    }

    async fn lock(&self, mark: &Bytes) -> Locked {
        let sharing = &self.policy.sharing;
        self.desk.lock_refill(mark, sharing.flight, sharing.lease).await
    }
}

/// A refill in the background, with all that it needs when its call has returned.
pub(super) struct Refill<'a, R, V> {
    pub(super) engine: &'a Arc<Engine>,
    pub(super) slot: Arc<str>,
    pub(super) known: KnownRef,
    pub(super) policy: Policy<V>,
    pub(super) errors: Errors<R>,
}

impl<R, V: 'static> Refill<'_, R, V> {
    /// Starts a task for it, unless there are too many.
    pub(super) fn start<const FALLIBLE: bool, F, Fut>(self, mut leader: Leader, body: F)
    where
        R: Returned<FALLIBLE, Value = V> + 'static,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = R> + Send + 'static,
    {
        let Self { engine, slot, known, policy, errors } = self;
        let held = Arc::clone(engine);
        engine.background.spawn(async move {
            let desk = Desk { engine: &held, slot: &slot, known: &known };
            let Mark::InSlot(mark) = leader.mark().clone() else { return };
            let sharing = policy.sharing;
            let Locked::Mine(lock) = desk.lock_refill(&mark, sharing.flight, sharing.lease).await
            else {
                // Whoever follows looks again.
                return leader.time_out();
            };
            let began = Instant::now();
            // When its time is over, others may refill.
            let limit = has_clock().then_some(sharing.lease);
            let Some(returned) = in_time(limit, body()).await else {
                leader.time_out();
                tell_of_a_long_body(&known, "its refill in the background is given up");
                return lock.hold_off();
            };
            let role = Role::Lead(Lead { leader, lock: Some(lock) });
            let run = Run { role, fallback: None };
            let shared = share(desk, &policy, &errors, run, returned, began.elapsed());
            let Ok(finish) = shared.map(|(_, finish)| finish) else { return };
            finish.run(desk).await;
        });
    }
}

/// What `body` returns, unless it takes longer than the `limit`.
async fn in_time<F: Future>(limit: Option<Duration>, body: F) -> Option<F::Output> {
    match limit {
        Some(limit) => timeout(limit, body).await.ok(),
        None => Some(body.await),
    }
}

/// What became of the attempt to lock a refill.
pub(super) enum Locked {
    Mine(Lock),
    /// Another process has it.
    Busy,
    /// The last refill has failed, and it is not yet time for another.
    HeldOff,
    /// The value is no longer in the slot.
    Changed,
    /// The store could not be asked.
    Failed,
}

impl Desk<'_> {
    /// Locks the refill of the value with this `mark`, and makes sure that it is still there.
    pub(super) async fn lock_refill(self, mark: &Bytes, flight: Flight, lease: Duration) -> Locked {
        let (engine, slot) = (Arc::clone(self.engine), Arc::clone(self.slot));
        if flight != Flight::Cluster {
            return Locked::Mine(Lock { engine, slot, held: None });
        }
        let Some(store) = &self.engine.store else { return Locked::Failed };
        let name: Arc<str> = format!("{slot}:refill").into();
        let token = wire::new_lease();
        // From here on it is unlocked when it is dropped.
        let lock = Lock { engine, slot, held: Some((Arc::clone(&name), token.clone())) };
        match store.set_if_absent(&name, token, lease).await {
            Ok(None) => {}
            Ok(Some(found)) => {
                lock.forget();
                if *found == *wire::HELD_OFF {
                    self.engine.holdoffs.hold(self.slot, HELD_OFF);
                    return Locked::HeldOff;
                }
                self.engine.holdoffs.busy(self.slot, BUSY);
                return Locked::Busy;
            }
            Err(error) => {
                self.failed(&error, "a refill could not be locked");
                return Locked::Failed;
            }
        }
        match store.get(self.slot).await {
            Ok(Some(found)) if found.starts_with(mark) => Locked::Mine(lock),
            Ok(_) => Locked::Changed,
            Err(error) => {
                self.failed(&error, "an entry could not be read");
                Locked::Failed
            }
        }
    }
}

/// The right of one process to refill. Dropped, it is unlocked; when a panic drops it, the refill has failed.
pub(super) struct Lock {
    engine: Arc<Engine>,
    slot: Arc<str>,
    /// Its name and its token, where it is in the store.
    held: Option<(Arc<str>, Bytes)>,
}

impl Lock {
    /// The refill has failed: for a while nobody tries again.
    pub(super) fn hold_off(mut self) {
        self.held_off();
    }

    fn held_off(&mut self) {
        let pause = self.engine.holdoffs.failed(&self.slot);
        let Some((name, token)) = self.held.take() else { return };
        let engine = Arc::clone(&self.engine);
        self.engine.background.detach(async move {
            let Some(store) = &engine.store else { return };
            let held_off = Bytes::from_static(wire::HELD_OFF);
            // Where it fails, the lock ends by itself.
            let _ = store.set_if_starts(&name, &token, held_off, pause).await;
        });
    }

    fn forget(mut self) {
        self.held = None;
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.held_off();
        } else if let Some((name, token)) = self.held.take() {
            give_up(&self.engine, &name, &token);
        }
    }
}
