//! Reading a slot.

use std::time::Duration;

use bytes::Bytes;

use super::Desk;
use crate::Error;
use crate::codec::wire;
use crate::flight::Found;
use crate::policy::{Freshness, Policy};
use crate::store::Store;

/// What is in a slot.
pub(super) enum Content<V> {
    Empty,
    /// Somebody fills it.
    Lease(Bytes),
    /// A value, and its bytes.
    Value(V, Found),
    /// Bytes that are of no use.
    Junk(Bytes),
    /// The store could not be asked; a write would most likely fail as well, and is not tried.
    Failed,
}

impl<V> Content<V> {
    /// What `found` is.
    pub(super) fn of(found: Found, desk: Desk<'_>, policy: &Policy<V>) -> Self {
        if wire::is_lease(&found.bytes) {
            return Self::Lease(found.bytes);
        }
        match wire::decode(&policy.codec, &found.bytes) {
            Ok(value) => Self::Value(value, found),
            Err(error) => {
                if desk.known.counters.undecodable.count() == 0 {
                    tracing::warn!(function = desk.known.path, slot = &**desk.slot, %error,
                        "an entry could not be decoded and is overwritten; the function's others are counted only");
                }
                Self::Junk(found.bytes)
            }
        }
    }
}

/// What may be done with a value that was read.
pub(crate) fn freshness<V>(policy: &Policy<V>, found: &Found) -> Freshness {
    // Most functions never ask for an age.
    if found.left == Duration::MAX {
        return Freshness::Fresh;
    }
    let age = wire::age(&found.bytes);
    policy.staleness.judge(found.left, age.window, age.cost)
}

/// One read of the slot; what went wrong is counted.
pub(super) async fn read<V>(desk: Desk<'_>, policy: &Policy<V>) -> Content<V> {
    let Some(store) = desk.engine.store.as_deref() else { return Content::Failed };
    let found = match policy.renewal() {
        Some(ttl) => store.get_and_renew(desk.slot, ttl).await.map(|bytes| bytes.map(ageless)),
        None => look_up(store, desk.slot, policy).await,
    };
    match found {
        Ok(None) => Content::Empty,
        Ok(Some(found)) => Content::of(found, desk, policy),
        Err(error) => {
            desk.failed(&error, "an entry could not be read");
            Content::Failed
        }
    }
}

/// The bytes in a slot, with the time that they have left where that makes a difference.
pub(crate) async fn look_up<V>(
    store: &dyn Store,
    slot: &str,
    policy: &Policy<V>,
) -> Result<Option<Found>, Error> {
    if !policy.staleness.needs_age() {
        match store.get(slot).await? {
            // Written when the function had other options: it may be stale.
            Some(bytes) if !wire::age(&bytes).window.is_zero() => {}
            bytes => return Ok(bytes.map(ageless)),
        }
    }
    let found = store.get_with_ttl(slot).await?;
    // In its last millisecond a value without a window is still one.
    Ok(found.map(|(bytes, left)| Found { bytes, left: left.max(Duration::from_micros(1)) }))
}

fn ageless(bytes: Bytes) -> Found {
    Found { bytes, left: Duration::MAX }
}
