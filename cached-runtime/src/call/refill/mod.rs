//! Refilling a slot whose value is stale, or soon will be.
//!
//! The value stays in the slot while the body runs, and the refill is committed only if that very value, known by its
//! mark, is still there. A lock beside the slot keeps the processes from refilling it all at once. It is advice only:
//! what it holds, or that it is lost, never makes a wrong value.
use std::ops::ControlFlow::{Break, Continue};

use bytes::Bytes;
use tokio::time::{Instant, sleep_until};

use super::look::{Look, Looking, Next, Step};
use super::pace::pause;
use super::run::{Lead, Role};
use crate::codec::wire;
use crate::flight::{Boarding, Found, Leader};
use crate::observe::Outcome;
use crate::policy::Freshness;

mod background;
mod lock;

pub(super) use background::Refill;
pub(super) use lock::Lock;
use lock::Locked;

impl<V> Looking<'_, V> {
    /// Returns a value that was read, or refills the slot first.
    pub(super) async fn use_value(
        &mut self,
        value: V,
        found: Found,
        freshness: Freshness,
    ) -> Next<V> {
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
