//! The bytes of what a body returned.

use std::time::Duration;

use bytes::Bytes;

use super::Desk;
use super::engine::Engine;
use super::tags::Tagging;
use crate::Error;
use crate::codec::wire::{self, Age};
use crate::observe::Known;
use crate::policy::{Lifetime, Policy};

/// What there is to store, and for how long.
///
/// A value with tags has places for their epochs: see [`Engine::date`].
pub(crate) struct Offer {
    pub(crate) value: Bytes,
    pub(crate) ttl: Duration,
    /// The slots of the tags that the value names.
    pub(crate) named: Vec<String>,
}

/// What becomes of a value that a call's body returned.
pub(super) enum Encoded {
    Store(Offer),
    /// It is not stored; these bytes are for those who waited for it.
    Share(Bytes),
    /// It has no bytes.
    Nothing,
}

/// The bytes for `value`, or `None` where the options say that it is not stored. `cost` is how long the body took.
///
/// # Errors
///
/// It has no encoding, or too large a one.
pub(crate) fn offer<V>(
    engine: &Engine,
    slot: &str,
    tags: &Tagging,
    policy: &Policy<V>,
    value: &V,
    cost: Duration,
) -> Result<Option<Offer>, Error> {
    let Some(lifetime) = policy.lifetime(value) else { return Ok(None) };
    let named = engine.tag_slots(&policy.tags_of(value)).map_err(|why| Error::tag(slot, why))?;
    let tags = wire::Tags::undated(tags.of_arguments().len(), &named);
    let value = bytes(slot, policy, value, lifetime, cost, &tags)?;
    let limit = policy.largest().unwrap_or(engine.max_size);
    if value.len() > limit {
        return Err(Error::too_large(slot, value.len(), limit));
    }
    Ok(Some(Offer { value, ttl: lifetime.whole(), named }))
}

/// As [`offer`], for a call: what is wrong is counted, and told once per function. `is_shared` tells whether calls
/// wait for the value even if it is not stored.
///
/// Apart from the storing, so that no reference to the value is held while waiting: the caller's future stays
/// `Send` for values that are not `Sync`.
pub(super) fn encode<V>(
    Desk { engine, slot, tags, known, .. }: Desk<'_>,
    policy: &Policy<V>,
    value: &V,
    cost: Duration,
    is_shared: bool,
) -> Encoded {
    let refused = match offer(engine, slot, tags, policy, value, cost) {
        Ok(Some(offer)) => return Encoded::Store(offer),
        Ok(None) => None,
        Err(error) => Some(error),
    };
    if let Some(error) = &refused {
        let counters = &known.counters;
        let counter = if error.is_too_large() { &counters.too_large } else { &counters.errors };
        if counter.count() == 0 {
            tracing::warn!(function = known.path, %error, "a result is not stored");
        }
    }
    if !is_shared || refused.is_some_and(|error| !error.is_too_large()) {
        return Encoded::Nothing;
    }
    // For now only: it stays fresh as long as its readers are there.
    let now = Lifetime { fresh: Duration::MAX, window: Duration::ZERO };
    bytes(slot, policy, value, now, cost, &wire::Tags::default())
        .map_or(Encoded::Nothing, Encoded::Share)
}

fn bytes<V>(
    slot: &str,
    policy: &Policy<V>,
    value: &V,
    lifetime: Lifetime,
    cost: Duration,
    tags: &wire::Tags,
) -> Result<Bytes, Error> {
    let staleness = &policy.staleness;
    let cost = if staleness.early > 0.0 { cost } else { Duration::ZERO };
    let age = staleness.needs_age().then_some(Age { window: lifetime.window, cost });
    wire::encode(&policy.codec, value, age, tags)
        .map(Bytes::from)
        .map_err(|source| Error::codec(slot, "encoded", policy.codec.name, source))
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
