//! The steps of a write, for stores that have none of their own: by looking, and changing what was seen.
//!
//! Each takes effect in one step of the store, which asks for all the bytes that were seen: no intent is the beginning of
//! another, as it tells its length in its head. So nobody's intent is lost, however the steps of several interleave, and
//! a store whose steps are fast and atomic, as those in memory are, needs no others.

use std::time::Duration;

use bytes::Bytes;

use super::Store;
use crate::Error;
use crate::codec::wire::{self, Intent};

/// Between a look and the change others may change the slot; that often in a row is no chance any more.
const ATTEMPTS: usize = 64;

/// [`Store::begin_write`] by single steps.
pub(super) async fn begin_write<S: Store + ?Sized>(
    store: &S,
    slot: &str,
    token: [u8; 16],
    ttl: Duration,
) -> Result<(), Error> {
    for _ in 0..ATTEMPTS {
        let now = wire::now();
        let found = store.get(slot).await?;
        // Values and fills make way.
        let intent = found.as_deref().and_then(|found| Intent::parse(found, now));
        let mut intent = intent.unwrap_or_default();
        intent.add(token, wire::end_of(now, ttl));
        let left = intent.left(now).unwrap_or(ttl);
        if replace(store, slot, found, intent.bytes().into(), left).await? {
            return Ok(());
        }
    }
    Err(changes(slot))
}

/// [`Store::end_write`] by single steps.
pub(super) async fn end_write<S: Store + ?Sized>(
    store: &S,
    slot: &str,
    token: [u8; 16],
    value: Option<(Bytes, Duration)>,
) -> Result<bool, Error> {
    for _ in 0..ATTEMPTS {
        let now = wire::now();
        let Some(found) = store.get(slot).await? else { return Ok(false) };
        let mut intent = Intent::parse(&found, now).unwrap_or_default();
        let was_alone = intent.remove(&token);
        let (is_done, is_stored) = match (intent.left(now), &value) {
            (Some(left), _) => {
                (replace(store, slot, Some(found), intent.bytes().into(), left).await?, false)
            }
            (None, Some((value, ttl))) if was_alone => {
                (replace(store, slot, Some(found), value.clone(), *ttl).await?, true)
            }
            (None, _) => (empty(store, slot, &found).await?, false),
        };
        if is_done {
            return Ok(is_stored);
        }
    }
    Err(changes(slot))
}

/// Puts bytes into a slot in the place of what was found there. `false` if that is there no more.
async fn replace<S: Store + ?Sized>(
    store: &S,
    slot: &str,
    found: Option<Bytes>,
    bytes: Bytes,
    ttl: Duration,
) -> Result<bool, Error> {
    match found {
        Some(found) if !found.is_empty() => store.set_if_starts(slot, &found, bytes, ttl).await,
        Some(_) => store.set(slot, bytes, ttl).await.map(|()| true),
        None => Ok(store.set_if_absent(slot, bytes, ttl).await?.is_none()),
    }
}

/// Empties a slot of what was found there. `false` if that is there no more.
async fn empty<S: Store + ?Sized>(store: &S, slot: &str, found: &[u8]) -> Result<bool, Error> {
    match found {
        [] => store.delete(slot).await.map(|_| true),
        found => store.delete_if_starts(slot, found).await,
    }
}

fn changes(slot: &str) -> Error {
    Error::custom(format!("{slot} changes too often to be written: write it less at a time"))
}
