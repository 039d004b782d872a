//! A refill in a task of its own.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::lock::Locked;
use crate::call::Address;
use crate::call::engine::Engine;
use crate::call::errors::Errors;
use crate::call::returned::Returned;
use crate::call::run::{Lead, Role, Run, share, tell_of_a_long_body};
use crate::flight::{Leader, Mark};
use crate::observe::KnownRef;
use crate::policy::Policy;
use crate::store::has_clock;

/// A refill in the background, with all that it needs when its call has returned.
pub(in crate::call) struct Refill<'a, R, V> {
    pub(in crate::call) engine: &'a Arc<Engine>,
    pub(in crate::call) address: Address,
    pub(in crate::call) known: KnownRef,
    pub(in crate::call) policy: Policy<V>,
    pub(in crate::call) errors: Errors<R>,
}

impl<R, V: 'static> Refill<'_, R, V> {
    /// Starts a task for it, unless there are too many.
    pub(in crate::call) fn start<const FALLIBLE: bool, F, Fut>(self, mut leader: Leader, body: F)
    where
        R: Returned<FALLIBLE, Value = V> + 'static,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = R> + Send + 'static,
    {
        let Self { engine, address, known, policy, errors } = self;
        let held = Arc::clone(engine);
        engine.background.spawn(async move {
            let desk = address.desk(&held, &known);
            let Mark::InSlot(mark) = leader.mark().clone() else { return };
            let sharing = policy.sharing;
            let Locked::Mine(lock) = desk.lock_refill(&mark, sharing.flight, sharing.lease).await
            else {
                // Whoever follows looks again.
                return leader.time_out();
            };
            let mut lead = Lead { leader, lock: Some(lock) };
            let era = lead.date(desk, &policy).await;
            let began = Instant::now();
            // When its time is over, others may refill.
            let limit = has_clock().then_some(sharing.lease);
            let Some(returned) = in_time(limit, body()).await else {
                tell_of_a_long_body(&known, "its refill in the background is given up");
                return lead.give_up();
            };
            let run = Run { role: Role::Lead(lead), fallback: None };
            let shared = share(desk, &policy, &errors, run, era, returned, began.elapsed());
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
