//! The whole path of one call, top down: what is asked for, the slot, the read, the body, the store.

use std::future::Future;
use std::sync::Arc;

use crate::key::{Function, Key};
use crate::observe::{Known, Outcome};
use crate::policy::Policy;

mod asked;
mod doubts;
mod engine;
mod errors;
mod fill;
mod functions;
mod read;
mod returned;

use asked::{Asked, Mode};
pub use asked::{bypass, observe, only_cached, refresh};
pub(crate) use engine::Engine;
pub use errors::{ErrorProbe, Errors, Opaque};
pub(crate) use fill::{Offer, offer};
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
    let look = if R::hides_a_result() {
        fill::tell_of_a_hidden_result(&known);
        Look::PassBy
    } else {
        look(engine, &request, &known, asked.mode).await
    };
    let slot = match look {
        Look::Value(value) => {
            known.counters.hits.count();
            asked.note(Outcome::Hit);
            return R::from_value(value);
        }
        Look::Fill(slot) => Some(slot),
        Look::PassBy => None,
    };
    asked.note(if slot.is_some() { Outcome::Miss } else { Outcome::Bypass });
    asked.decline_to_run().await;
    let counters = &known.counters;
    if slot.is_some() { &counters.misses } else { &counters.bypasses }.count();
    // The only place where the body runs: each would make room for it in the future of the call.
    let returned = Asked::nothing_of(body()).await;
    let Some(slot) = slot else { return returned };
    let value = match returned.split() {
        Ok(value) => value,
        Err(failed) => return failed,
    };
    let offered = fill::encode(engine, &slot, &request.policy, &value, &known);
    fill::store(engine, &slot, offered, &known).await;
    R::from_value(value)
}

/// What the store has to say before the body runs.
enum Look<V> {
    Value(V),
    /// It has no value for this slot: the body's is wanted.
    Fill(String),
    /// It can't be used.
    PassBy,
}

async fn look<V>(engine: &Arc<Engine>, request: &Request<V>, known: &Known, mode: Mode) -> Look<V> {
    let Some(slot) = slot_for(engine, request, known, mode) else { return Look::PassBy };
    if mode == Mode::Refresh {
        return Look::Fill(slot);
    }
    match read::read(engine, &slot, &request.policy, known).await {
        Read::Value(value) => Look::Value(value),
        Read::Nothing => Look::Fill(slot),
        Read::Failed => Look::PassBy,
    }
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
