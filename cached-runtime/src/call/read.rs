//! Reading a slot.

use std::time::Duration;

use bytes::Bytes;

use super::Desk;
use super::local::Departure;
use super::tags::Tagging;
use crate::Error;
use crate::codec::wire;
use crate::flight::{Found, NO_TAGS};
use crate::policy::{Freshness, Policy};
use crate::store::tracker::Ticket;
use crate::store::{Store, Tagged, Tracked, Watched};

/// What tells fills under the tags of now from those under others: see [`Tagging::label`].
type Label = Option<Bytes>;

/// What is in a slot, as the store tells.
pub(crate) enum Seen {
    Nothing,
    /// Somebody fills it, or writes what it is about.
    Lease(Bytes),
    Value(Found),
    /// A value whose tags have been invalidated.
    Outdated(Bytes),
}

/// What is in a slot, as a call takes it.
pub(super) enum Content<V> {
    Empty(Label),
    /// Somebody fills it.
    Lease(Bytes, Label),
    /// A value, and its bytes.
    Value(V, Found),
    /// Bytes that are of no use.
    Junk(Bytes, Label),
    /// The store could not be asked; a write would most likely fail as well, and is not tried.
    Failed,
}

impl Seen {
    /// What a slot holds whose entry has no tags.
    pub(super) fn untagged(found: Found) -> Self {
        if wire::is_lease(&found.bytes) {
            Self::Lease(found.bytes)
        } else if wire::has_tags(&found.bytes) {
            // Written when the function had tags, or by another release: nobody here asks whether they still count.
            Self::Outdated(found.bytes)
        } else {
            Self::Value(found)
        }
    }
}

impl<V> Content<V> {
    pub(super) fn of(seen: Seen, label: Label, desk: Desk<'_>, policy: &Policy<V>) -> Self {
        let found = match seen {
            Seen::Nothing => return Self::Empty(label),
            Seen::Lease(lease) => return Self::Lease(lease, label),
            Seen::Outdated(bytes) => return Self::Junk(bytes, label),
            Seen::Value(found) => found,
        };
        match wire::decode(&policy.codec, &found.bytes) {
            Ok(value) => Self::Value(value, found),
            Err(error) => {
                if desk.known.counters.undecodable.count() == 0 {
                    tracing::warn!(function = desk.known.path, slot = &**desk.slot, %error,
                        "an entry could not be decoded and is overwritten; the function's others are counted only");
                }
                Self::Junk(found.bytes, label)
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
    if desk.place.is_some() {
        // Boxed, as functions without `local` are to have no room for it.
        return Box::pin(read_and_keep(desk, policy)).await.0;
    }
    let Some(store) = desk.engine.store.as_ref() else { return Content::Failed };
    let seen = match policy.renewal() {
        Some(ttl) if desk.tags.is_empty() => {
            let found = store.get_and_renew(desk.slot, ttl).await;
            found.map(|found| untagged(found.map(ageless)))
        }
        _ => look_up(store, desk.slot, desk.tags, policy).await,
    };
    match seen {
        Ok((seen, label)) => Content::of(seen, label, desk, policy),
        Err(error) => {
            desk.failed(&error, "an entry could not be read");
            Content::Failed
        }
    }
}

/// As [`read`], and the store tells from now on when the slot changes, if it can: then with what tells whether it has.
/// What it finds is kept in the process, if it is of a function with `local`.
pub(super) async fn read_and_keep<V>(
    desk: Desk<'_>,
    policy: &Policy<V>,
) -> (Content<V>, Option<Ticket>) {
    let Some(store) = desk.engine.store.as_ref() else { return (Content::Failed, None) };
    // From now on the store tells of changes.
    desk.engine.tier();
    let departure = Departure::now(desk);
    let Tracked { tagged, is_tracked } = match store.get_tracked(desk.slot, &desk.tags.read).await {
        Ok(tracked) => tracked,
        Err(error) => {
            desk.failed(&error, "an entry could not be read");
            return (Content::Failed, None);
        }
    };
    let ticket = is_tracked.then(|| departure.ticket.clone());
    let (seen, label) = if desk.tags.is_empty() {
        untagged(tagged.found.map(timed))
    } else {
        seen_under(desk.tags, tagged)
    };
    let content = Content::of(seen, label, desk, policy);
    if let Content::Value(value, found) = &content {
        departure.keep(desk, policy, (value, found), is_tracked);
    }
    (content, ticket)
}

/// What is in a slot, with the time that it has left where that makes a difference.
pub(crate) async fn look_up<V>(
    store: &Watched,
    slot: &str,
    tags: &Tagging,
    policy: &Policy<V>,
) -> Result<(Seen, Label), Error> {
    if !tags.is_empty() {
        return look_up_tagged(store, slot, tags).await;
    }
    if !policy.staleness.needs_age() {
        match store.read(slot).await? {
            // Written when the function had other options: it may be stale.
            Some(bytes) if !wire::age(&bytes).window.is_zero() => {}
            bytes => return Ok(untagged(bytes.map(ageless))),
        }
    }
    Ok(untagged(store.get_with_ttl(slot).await?.map(timed)))
}

async fn look_up_tagged(
    store: &dyn Store,
    slot: &str,
    tags: &Tagging,
) -> Result<(Seen, Label), Error> {
    Ok(seen_under(tags, store.get_tagged(slot, &tags.read).await?))
}

fn seen_under(tags: &Tagging, Tagged { found, tags: epochs }: Tagged) -> (Seen, Label) {
    let seen = match found {
        None => Seen::Nothing,
        Some((bytes, _)) if wire::is_lease(&bytes) => Seen::Lease(bytes),
        Some((bytes, _)) if !tags.allow(&bytes, &epochs) => Seen::Outdated(bytes),
        Some(found) => Seen::Value(timed(found)),
    };
    (seen, tags.label(&epochs))
}

/// Of an entry without tags.
fn untagged(found: Option<Found>) -> (Seen, Label) {
    (found.map_or(Seen::Nothing, Seen::untagged), Some(NO_TAGS.clone()))
}

fn ageless(bytes: Bytes) -> Found {
    Found { bytes, left: Duration::MAX }
}

/// In its last millisecond a value without a window is still one.
fn timed((bytes, left): (Bytes, Duration)) -> Found {
    Found { bytes, left: left.max(Duration::from_micros(1)) }
}
