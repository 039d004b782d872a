//! Reading a slot.

use super::engine::Engine;
use crate::codec::wire;
use crate::observe::Known;
use crate::policy::Policy;

pub(super) enum Read<V> {
    Value(V),
    /// No value, or one that is of no use.
    Nothing,
    /// The store could not be asked; a write would most likely fail as well, and is not tried.
    Failed,
}

pub(super) async fn read<V>(
    engine: &Engine,
    slot: &str,
    policy: &Policy<V>,
    known: &Known,
) -> Read<V> {
    let Some(store) = &engine.store else { return Read::Failed };
    let bytes = match policy.renewal() {
        None => store.get(slot).await,
        Some(ttl) => store.get_and_renew(slot, ttl).await,
    };
    match bytes {
        Ok(None) => Read::Nothing,
        Ok(Some(bytes)) => match wire::decode(&policy.codec, &bytes) {
            Ok(value) => Read::Value(value),
            Err(error) => {
                if known.counters.undecodable.count() == 0 {
                    tracing::warn!(function = known.path, slot, %error,
                        "an entry could not be decoded and is overwritten; the function's others are counted only");
                }
                Read::Nothing
            }
        },
        Err(error) => {
            known.counters.errors.count();
            tracing::debug!(function = known.path, %error, "an entry could not be read");
            Read::Failed
        }
    }
}
