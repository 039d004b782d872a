//! The steps about tags, for stores that have none of their own.
//!
//! They take several steps each, and others may come in between. So the order matters: an invalidation changes the
//! clock first and then its tags, and whoever asks what has changed looks at the tags first and then at the clock.

use std::time::Duration;

use bytes::Bytes;

use super::Store;
use crate::Error;
use crate::codec::wire;

/// How long the clock of the tags lives after its last use. Without it, only what is just being filled is lost.
pub(super) const CLOCK: Duration = Duration::from_secs(24 * 3600);

/// How long an invalidated tag keeps its new epoch. The entries that come under it prolong that; without it, they are
/// misses.
pub(super) const INVALIDATED: Duration = Duration::from_secs(3600);

/// How a slot with tags is read: see [`Store::get_tagged`].
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct TagRead {
    /// The slots of the tags to read as well.
    pub tags: Vec<String>,
    /// Whether the value may name further tags.
    pub names_tags: bool,
    /// How long the slot and its tags are to live from now on, if they are to be renewed.
    pub renew: Option<Duration>,
}

/// A slot and the slots of its tags: see [`Store::get_tagged`].
#[derive(Debug, Clone, Default)]
pub struct Tagged {
    /// What is in the slot, and how long it still lives, as [`Store::get_with_ttl`] tells. Of a slot that was to be renewed
    /// that is not asked: it is `Duration::MAX`.
    pub found: Option<(Bytes, Duration)>,
    /// What is in the slots of the tags that were asked for, in their order, and then in those that the value names.
    pub tags: Vec<Option<Bytes>>,
}

/// A slot that was read, and whether its changes are told: see [`Store::get_tracked`].
#[derive(Debug, Clone, Default)]
pub struct Tracked {
    /// What is in the slot, and in those of its tags.
    pub tagged: Tagged,
    /// Whether the trackers are told when one of them changes.
    pub is_tracked: bool,
}

/// The clock and the slots of tags: see [`Store::mint`].
#[derive(Debug, Clone, Default)]
pub struct Minted {
    /// What is in the slots of the tags, in their order.
    pub tags: Vec<Bytes>,
    /// What is in the slot of the clock, not before the tags were read.
    pub clock: Bytes,
}

/// [`Store::get_tagged`] by single steps.
pub(super) async fn get_tagged<S: Store + ?Sized>(
    store: &S,
    slot: &str,
    read: &TagRead,
) -> Result<Tagged, Error> {
    let found = match read.renew {
        Some(ttl) => store.get_and_renew(slot, ttl).await?.map(|bytes| (bytes, Duration::MAX)),
        None => store.get_with_ttl(slot).await?,
    };
    let named = match &found {
        Some((bytes, _)) if read.names_tags => wire::tags(bytes).unwrap_or_default().named,
        _ => Vec::new(),
    };
    let names = read.tags.iter().chain(named.iter().map(|(name, _)| name));
    let mut tags = Vec::new();
    for name in names {
        tags.push(match read.renew {
            Some(ttl) => prolong(store, name, ttl).await?,
            None => store.get(name).await?,
        });
    }
    Ok(Tagged { found, tags })
}

/// [`Store::mint`] by single steps.
pub(super) async fn mint<S: Store + ?Sized>(
    store: &S,
    clock: &str,
    tags: &[String],
    ttl: Duration,
) -> Result<Minted, Error> {
    let mut minted = Minted::default();
    for tag in tags {
        let found = prolong(store, tag, ttl).await?;
        minted.tags.push(or_new(store, tag, found, twice(ttl)).await?);
    }
    // It always lives equally long. To write what was seen could undo what another counted on it.
    let found = store.get_and_renew(clock, CLOCK).await?;
    minted.clock = or_new(store, clock, found, CLOCK).await?;
    Ok(minted)
}

/// [`Store::invalidate_tags`] by single steps. Each is a clock of its own, as it can't be counted on.
pub(super) async fn invalidate_tags<S: Store + ?Sized>(
    store: &S,
    clock: &str,
    tags: &[String],
) -> Result<(), Error> {
    store.set(clock, wire::new_epoch(0), CLOCK).await?;
    for tag in tags {
        // A tag that is being written has no epoch, and gets one when that has ended.
        if !store.get(tag).await?.is_some_and(|found| wire::is_intent(&found)) {
            store.set(tag, wire::new_epoch(0), INVALIDATED).await?;
        }
    }
    Ok(())
}

/// What was found in the slot of a tag; something new, for `ttl`, where there was nothing.
async fn or_new<S: Store + ?Sized>(
    store: &S,
    tag: &str,
    found: Option<Bytes>,
    ttl: Duration,
) -> Result<Bytes, Error> {
    if let Some(found) = found {
        if wire::parse_epoch(&found).is_some() || wire::is_intent(&found) {
            return Ok(found);
        }
        // Something that another program has put there.
        store.delete(tag).await?;
    }
    let made = wire::new_epoch(0);
    Ok(store.set_if_absent(tag, made.clone(), ttl).await?.unwrap_or(made))
}

/// Lets an epoch live for `ttl` or longer. Where less is left it is twice that, so that it is rarely done: whoever keeps
/// values under the tag in its process is told of a change each time. An intent is not prolonged, as it ends with its
/// writers.
async fn prolong<S: Store + ?Sized>(
    store: &S,
    tag: &str,
    ttl: Duration,
) -> Result<Option<Bytes>, Error> {
    let Some((bytes, left)) = store.get_with_ttl(tag).await? else { return Ok(None) };
    if left < ttl && wire::parse_epoch(&bytes).is_some() {
        // If it has changed meanwhile, what was found is out of date, and whoever compares it will see that.
        store.set_if_starts(tag, &bytes, bytes.clone(), twice(ttl)).await?;
    }
    Ok(Some(bytes))
}

fn twice(ttl: Duration) -> Duration {
    ttl.saturating_mul(2)
}
