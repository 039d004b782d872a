//! Storing what a body returned.

use std::time::Duration;

use bytes::Bytes;

use super::engine::Engine;
use crate::Error;
use crate::codec::wire;
use crate::observe::Known;
use crate::policy::{Lifetime, Policy};

/// What there is to store, and for how long.
pub(crate) struct Offer {
    pub(crate) value: Bytes,
    pub(crate) ttl: Duration,
}

/// The bytes for `value`, or `None` where the options say that it is not stored.
///
/// # Errors
///
/// It has no encoding, or too large a one.
pub(crate) fn offer<V>(
    engine: &Engine,
    slot: &str,
    policy: &Policy<V>,
    value: &V,
) -> Result<Option<Offer>, Error> {
    let Some(ttl) = policy.lifetime(value).map(Lifetime::whole) else { return Ok(None) };
    let bytes = wire::encode(&policy.codec, value)
        .map_err(|source| Error::codec(slot, "encoded", policy.codec.name, source))?;
    let limit = policy.largest().unwrap_or(engine.max_size);
    if bytes.len() > limit {
        return Err(Error::too_large(slot, bytes.len(), limit));
    }
    Ok(Some(Offer { value: bytes.into(), ttl }))
}

/// As [`offer`], for a call: what is wrong is counted, and told once per function.
///
/// Apart from the storing, so that no reference to the value is held while waiting: the caller's future stays
/// `Send` for values that are not `Sync`.
pub(super) fn encode<V>(
    engine: &Engine,
    slot: &str,
    policy: &Policy<V>,
    value: &V,
    known: &Known,
) -> Option<Offer> {
    offer(engine, slot, policy, value).unwrap_or_else(|error| {
        let counters = &known.counters;
        let counter = if error.is_too_large() { &counters.too_large } else { &counters.errors };
        if counter.count() == 0 {
            tracing::warn!(function = known.path, %error, "a result is not stored");
        }
        None
    })
}

/// A generic function is not told which of its types are a `Result`, and an error must never be cached.
pub(super) fn tell_of_a_hidden_result(known: &Known) {
    if known.counters.errors.count() == 0 {
        tracing::warn!(
            function = known.path,
            "calls that return a `Result` behind a type parameter run uncached: name `Result` in the signature"
        );
    }
}

pub(super) async fn store(engine: &Engine, slot: &str, offer: Option<Offer>, known: &Known) {
    let (Some(store), Some(Offer { value, ttl })) = (&engine.store, offer) else { return };
    if let Err(error) = store.set(slot, value, ttl).await {
        known.counters.errors.count();
        tracing::debug!(function = known.path, %error, "a result could not be stored");
    }
}
