//! The whole path of one call, top down: what is asked for, the slot, the read, the body, the store.

use std::future::Future;
use std::sync::Arc;

use crate::key::{Function, Key};
use crate::observe::Outcome;
use crate::policy::Policy;

mod asked;
mod doubts;
mod engine;
mod fill;
mod functions;
mod read;
mod returned;

use asked::{Asked, Mode};
pub use asked::{bypass, observe, only_cached, refresh};
pub(crate) use engine::Engine;
pub(crate) use fill::{Offer, offer};
use functions::Known;
use read::Read;
pub use returned::{Probe, Returned, Shape, Whole};

/// What a call is about: the function, its arguments, and its options.
pub(crate) struct Request<V> {
    pub(crate) function: &'static Function,
    pub(crate) key: Key,
    pub(crate) policy: Policy<V>,
}

/// Answers from the store, or runs `body` and offers its result to the store. Never fails but by the body.
pub(crate) async fn call<R, const FALLIBLE: bool, F, Fut>(
    engine: &Arc<Engine>,
    request: Request<R::Value>,
    body: F,
) -> R
where
    R: Returned<FALLIBLE>,
    F: FnOnce() -> Fut,
    Fut: Future<Output = R>,
{
    let asked = Asked::here();
    let known = engine.functions.of(request.function);
    let Some(slot) = slot_for(engine, &request, &known, asked.mode) else {
        return uncached(&asked, &known, body).await;
    };
    if asked.mode != Mode::Refresh {
        match read::read(engine, &slot, &request.policy, &known).await {
            Read::Value(value) => {
                known.counters.hits.count();
                asked.note(Outcome::Hit);
                return R::from_value(value);
            }
            Read::Nothing => {}
            Read::Failed => return uncached(&asked, &known, body).await,
        }
    }
    asked.note(Outcome::Miss);
    asked.decline_to_run().await;
    known.counters.misses.count();
    let value = match Asked::nothing_of(body()).await.split() {
        Ok(value) => value,
        Err(failed) => return failed,
    };
    let offered = fill::encode(engine, &slot, &request.policy, &value, &known);
    fill::store(engine, &slot, offered, &known).await;
    R::from_value(value)
}

/// The slot of a call, or `None` where it can't use the cache.
fn slot_for<V>(
    engine: &Arc<Engine>,
    request: &Request<V>,
    known: &Known,
    mode: Mode,
) -> Option<String> {
    if mode == Mode::Bypass || engine.is_away() {
        return None;
    }
    engine
        .slot(request, known)
        .inspect_err(|error| {
            if known.counters.errors.count() == 0 {
                tracing::warn!(function = known.path, %error, "calls of a function run uncached");
            }
        })
        .ok()
        .filter(|slot| !engine.doubts(slot))
}

async fn uncached<R, F: FnOnce() -> Fut, Fut: Future<Output = R>>(
    asked: &Asked,
    known: &Known,
    body: F,
) -> R {
    asked.note(Outcome::Bypass);
    asked.decline_to_run().await;
    known.counters.bypasses.count();
    Asked::nothing_of(body()).await
}
