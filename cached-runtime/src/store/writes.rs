//! The steps of a write, for stores that have none of their own: by looking, and changing what was seen.

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
        let found = store.get(slot).await?.filter(|found| wire::is_intent(found));
        let mut intent =
            found.as_deref().and_then(|found| Intent::parse(found, now)).unwrap_or_default();
        intent.add(token, wire::end_of(now, ttl));
        let left = intent.left(now).unwrap_or(ttl);
        let bytes = Bytes::from(intent.bytes());
        let has_begun = if let Some(found) = found {
            store.set_if_starts(slot, &found, bytes, left).await?
        } else {
            // Values and fills make way; not so a writer that comes in between.
            store.delete(slot).await?;
            store.set_if_absent(slot, bytes, left).await?.is_none()
        };
        if has_begun {
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
        let found = store.get(slot).await?;
        let parsed = found.as_deref().and_then(|found| Intent::parse(found, now));
        let (Some(found), Some(mut intent)) = (found, parsed) else {
            // A writer that comes in between loses its intent, and then stores nothing.
            store.delete(slot).await?;
            return Ok(false);
        };
        let was_alone = intent.remove(&token);
        let (bytes, ttl, is_stored) = match (intent.left(now), &value) {
            (Some(left), _) => (intent.bytes().into(), left, false),
            (None, Some((value, ttl))) if was_alone => (value.clone(), *ttl, true),
            (None, _) => {
                if store.delete_if_starts(slot, &found).await? {
                    return Ok(false);
                }
                continue;
            }
        };
        if store.set_if_starts(slot, &found, bytes, ttl).await? {
            return Ok(is_stored);
        }
    }
    Err(changes(slot))
}

fn changes(slot: &str) -> Error {
    Error::custom(format!("{slot} changes too often to be written: write it less at a time"))
}
