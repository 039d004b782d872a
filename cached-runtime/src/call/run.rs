//! The body of a call, and what becomes of its result.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::Desk;
use super::errors::Errors;
use super::fill::{Encoded, Offer, encode};
use super::refill::Lock;
use super::returned::Returned;
use super::tags::Era;
use crate::codec::wire;
use crate::flight::{Landing, Leader, Mark};
use crate::observe::{Known, Outcome};
use crate::policy::Policy;
use crate::store::has_clock;

/// A call that runs its body.
pub(super) struct Run<V> {
    pub(super) role: Role,
    /// What it returns if the body fails.
    pub(super) fallback: Option<(V, Outcome)>,
}

/// What a body is run for.
pub(super) enum Role {
    /// The cache is not used.
    PassBy,
    /// Only this call: there was nothing to wait for, or it took too long.
    Alone,
    /// The slot, whatever happens to it meanwhile.
    Set,
    /// A flight.
    Lead(Lead),
}

/// The lead of a flight.
pub(super) struct Lead {
    pub(super) leader: Leader,
    /// Of a refill.
    pub(super) lock: Option<Lock>,
}

impl Lead {
    pub(super) fn of(leader: Leader) -> Self {
        Self { leader, lock: None }
    }
}

impl<V> Run<V> {
    pub(super) fn pass_by() -> Self {
        Self { role: Role::PassBy, fallback: None }
    }

    pub(super) fn outcome(&self) -> Outcome {
        match self.role {
            Role::PassBy => Outcome::Bypass,
            Role::Alone | Role::Set | Role::Lead(_) => Outcome::Miss,
        }
    }
}

impl Role {
    /// The state of the tags now, where what the body returns may be stored.
    pub(super) async fn date<V>(&mut self, desk: Desk<'_>, policy: &Policy<V>) -> Option<Era> {
        match self {
            Self::PassBy | Self::Alone => None,
            Self::Set => desk.era(policy).await.map(|(era, _)| era),
            Self::Lead(lead) => lead.date(desk, policy).await,
        }
    }

    /// Waits for `body`, and tells what it returned and how long it took. After the time of a lease, a flight's
    /// followers no longer wait for it.
    pub(super) async fn wait_for<F: Future>(
        &mut self,
        mut body: Pin<&mut F>,
        limit: Duration,
        known: &Known,
    ) -> (F::Output, Duration) {
        let Self::Lead(Lead { leader, .. }) = self else { return (body.await, Duration::ZERO) };
        if !matches!(leader.mark(), Mark::InSlot(_)) || !has_clock() {
            return (body.await, Duration::ZERO);
        }
        let began = Instant::now();
        if let Ok(returned) = timeout(limit, body.as_mut()).await {
            return (returned, began.elapsed());
        }
        leader.time_out();
        let returned = body.await;
        // Where it was a refill, the value that it replaces has kept the slot.
        if matches!(leader.mark(), Mark::InSlot(mark) if wire::is_lease(mark)) {
            tell_of_a_long_body(known, "its result is not stored");
        }
        (returned, began.elapsed())
    }
}

/// Once per function, as nobody would see why it has no hits.
pub(super) fn tell_of_a_long_body(known: &Known, so: &str) {
    if known.counters.long_bodies.count() == 0 {
        tracing::warn!(
            function = known.path,
            "a body takes longer than `lease`, so {so}: raise `lease`"
        );
    }
}

/// What remains to be done when the body has returned a value.
pub(super) enum Finish {
    Nothing,
    Set(Offer, Option<Era>),
    Lead(Lead, Encoded, Option<Era>),
}

/// Shares what the body returned. A value comes back with what remains to be done; else what the call returns, with
/// the outcome if that is another value.
///
/// It does not wait, so that neither the error nor a reference to the value is held while waiting: the caller's future
/// stays `Send` where the error is not, nor the value `Sync`.
pub(super) fn share<R, const FALLIBLE: bool>(
    desk: Desk<'_>,
    policy: &Policy<R::Value>,
    errors: &Errors<R>,
    Run { role, fallback }: Run<R::Value>,
    era: Option<Era>,
    returned: R,
    cost: Duration,
) -> Result<(R::Value, Finish), (R, Option<Outcome>)>
where
    R: Returned<FALLIBLE>,
{
    let value = match returned.split() {
        Ok(value) => value,
        Err(failed) => {
            if let Role::Lead(lead) = role {
                lead.fail(errors, &failed);
            }
            return Err(match fallback {
                Some((value, outcome)) => (R::from_value(value), Some(outcome)),
                None => (failed, None),
            });
        }
    };
    let encode = |is_shared| encode(desk, policy, &value, cost, is_shared);
    let finish = match role {
        Role::PassBy | Role::Alone => Finish::Nothing,
        Role::Set => match encode(false) {
            Encoded::Store(offer) => Finish::Set(offer, era),
            Encoded::Share(_) | Encoded::Nothing => Finish::Nothing,
        },
        Role::Lead(mut lead) => {
            let encoded = encode(lead.leader.has_followers());
            lead.land(&encoded);
            Finish::Lead(lead, encoded, era)
        }
    };
    Ok((value, finish))
}

impl Finish {
    /// Stores the value, if it is to be stored.
    pub(super) async fn run(self, desk: Desk<'_>) {
        match self {
            Self::Nothing => {}
            Self::Set(offer, era) => {
                if let Some(offer) = desk.date(offer, era.as_ref()).await {
                    desk.set(offer).await;
                }
            }
            Self::Lead(lead, encoded, era) => lead.finish(desk, encoded, era).await,
        }
    }
}

impl Lead {
    /// The state of the tags now, before the body begins. Who finds another later does not follow.
    pub(super) async fn date<V>(&mut self, desk: Desk<'_>, policy: &Policy<V>) -> Option<Era> {
        if desk.tags.is_empty() {
            return None;
        }
        let (era, label) = desk.era(policy).await?;
        self.leader.under(label);
        Some(era)
    }

    /// The body takes too long: whoever follows looks again, and nobody refills for a while.
    pub(super) fn give_up(mut self) {
        self.leader.time_out();
        if let Some(lock) = self.lock {
            lock.hold_off();
        }
    }

    fn fail<R>(mut self, errors: &Errors<R>, failed: &R) {
        self.leader.land_without(|| Landing::Error(errors.copy(failed)));
        if let Some(lock) = self.lock {
            lock.hold_off();
        }
        // The leader's mark, if it is a lease, is given up. A value stays in the slot: there is no better one.
    }

    fn land(&mut self, encoded: &Encoded) {
        match encoded {
            Encoded::Store(Offer { value, .. }) | Encoded::Share(value) => self.leader.land(value),
            Encoded::Nothing => self.leader.land_without(|| Landing::Nothing),
        }
    }

    async fn finish(self, desk: Desk<'_>, encoded: Encoded, era: Option<Era>) {
        let encoded = match encoded {
            Encoded::Store(offer) => {
                desk.date(offer, era.as_ref()).await.map_or(Encoded::Nothing, Encoded::Store)
            }
            other => other,
        };
        let is_known = match (self.leader.mark(), encoded) {
            (Mark::InSlot(mark), Encoded::Store(offer)) => desk.commit(mark, offer).await,
            (Mark::InSlot(mark), _) => {
                // What is in the slot is no longer so, be it a lease or a value.
                desk.give_up(mark);
                true
            }
            (Mark::Process, Encoded::Store(offer)) => {
                if !self.leader.is_overtaken()
                    && !desk.engine.doubts(desk.slot)
                    && !desk.engine.doubts_tags(desk.tags.slots())
                {
                    desk.set(offer).await;
                }
                true
            }
            (Mark::Process | Mark::Late, _) => true,
        };
        desk.engine.holdoffs.succeeded(desk.slot);
        if is_known {
            self.leader.done();
        }
    }
}
