//! `refresh`: the body runs whatever is in the slot, and its result is stored.
//!
//! The slot is marked first. So of several refreshes the one that began last is stored, and an invalidation that comes
//! while the body runs is not undone. A value that was there stays readable meanwhile, where it can be marked in place.

use std::time::Duration;

use bytes::Bytes;

use super::Desk;
use super::lease::Leased;
use super::run::{Lead, Role, Run};
use crate::codec::wire;
use crate::policy::{Flight, LONGEST, Policy};
use crate::store::Store as _;

/// Others may change the slot between our look at it and the marking; that often in a row is no chance any more.
const ATTEMPTS: usize = 8;

pub(super) async fn refresh<V>(desk: Desk<'_>, policy: &Policy<V>) -> Run<V> {
    if policy.sharing.flight != Flight::Cluster {
        return Run { role: Role::Set, fallback: None };
    }
    for _ in 0..ATTEMPTS {
        match mark(desk, policy.sharing.lease).await {
            Leased::Mine(mark) => {
                let leader = desk.engine.board.lead(desk.slot, &mark);
                return Run { role: Role::Lead(Lead::of(leader)), fallback: None };
            }
            Leased::Taken(_) | Leased::Changed => {}
            Leased::Unknown => break,
        }
    }
    Run::pass_by()
}

/// Puts a new mark into the slot: into the value that is there, or a lease.
async fn mark(desk: Desk<'_>, lease: Duration) -> Leased {
    let Some(store) = &desk.engine.store else { return Leased::Unknown };
    let (bytes, left) = match store.get_with_ttl(desk.slot).await {
        Ok(Some(found)) => found,
        Ok(None) => return desk.acquire(lease).await,
        Err(error) => {
            desk.failed(&error, "an entry could not be read");
            return Leased::Unknown;
        }
    };
    if bytes.is_empty() {
        return desk.take_over_nothing(lease).await;
    }
    if wire::is_intent(&bytes) {
        // The body may read what is from before the write, and the intent has to outlive that.
        return Leased::Unknown;
    }
    let Some((start, marked)) = in_place(&bytes) else {
        return desk.take_over(&bytes, lease).await;
    };
    // It has no end, or came into the slot after the time was asked: that would then last a hundred years.
    let left = match left {
        Duration::MAX => match store.ttl(desk.slot).await {
            Ok(Some(left)) => left,
            Ok(None) => return Leased::Changed,
            Err(error) => {
                desk.failed(&error, "an entry could not be read");
                return Leased::Unknown;
            }
        },
        left => left,
    };
    // A value without an end gets one, as it has to be written anew.
    let ttl = left.clamp(Duration::from_millis(1), LONGEST);
    match store.set_if_starts(desk.slot, &start, marked.clone(), ttl).await {
        Ok(true) => Leased::Mine(wire::start(&marked)),
        Ok(false) => Leased::Changed,
        Err(error) => {
            desk.failed(&error, "an entry could not be marked");
            Leased::Unknown
        }
    }
}

/// How the value in `bytes` is known, and the same with a new mark. `None` where it can't be marked: what has no mark
/// yet is compared by its bytes, and some may be the beginning of another value, as `1` is of `12`.
fn in_place(bytes: &Bytes) -> Option<(Bytes, Bytes)> {
    let start = wire::start(bytes);
    let is_marked = start.len() < bytes.len();
    let delimits_itself = matches!(bytes[0], b'{' | b'[' | b'"' | b't' | b'f' | b'n');
    (is_marked || delimits_itself).then(|| Some((start, wire::mark_anew(bytes)?))).flatten()
}
