//! Tags: names for groups of entries, each with an epoch in a slot of its own (DESIGN, section 5).
//!
//! A value keeps the epochs that its tags had before its body began, and counts only as long as they are the same. So an
//! invalidation of a tag, which gives it a new epoch, reaches all values under it, and those that are being made.
//!
//! The arguments name tags before the body runs, the result only after it. Of those it is asked whether they have been
//! invalidated since the body began: by the clock of all tags, which counts the invalidations, and the stamp that each
//! epoch has of it.

use std::time::Duration;

use bytes::Bytes;

use super::engine::Engine;
use super::fill::Offer;
use super::{Desk, Request};
use crate::Error;
use crate::codec::wire::{self, Epoch};
use crate::key::{TagNames, tag_slot};
use crate::policy::Policy;
use crate::store::{Minted, Store, TagRead};

/// The slots of the tags of an entry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tagging {
    /// Those that the arguments name; and the clock, if results name tags as well.
    pub(super) read: TagRead,
    /// How many the arguments name.
    count: usize,
}

/// The state of an entry's tags at one moment, before a body begins.
#[derive(Debug, Default)]
pub(crate) struct Era {
    epochs: Vec<Epoch>,
    clock: Option<(Epoch, u64)>,
    /// For how long the slots of the tags live at least.
    life: Duration,
}

impl Tagging {
    /// # Errors
    ///
    /// What is wrong with the tags.
    pub(crate) fn new<V>(engine: &Engine, request: &Request<V>) -> Result<Self, String> {
        let mut tags: Vec<_> = engine.tag_slots(&request.tags)?;
        let count = tags.len();
        let names_tags = request.policy.names_tags();
        if names_tags {
            tags.push(engine.clock.clone());
        }
        let mut read = TagRead::default();
        (read.tags, read.names_tags) = (tags, names_tags);
        Ok(Self { read, count })
    }

    /// As it is read by a call, which may renew what it reads.
    pub(super) fn renewed<V>(mut self, policy: &Policy<V>) -> Self {
        if !self.is_empty() {
            self.read.renew = policy.renewal();
        }
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.read.tags.is_empty()
    }

    /// Those that the arguments name; and that of the clock, if results name tags as well.
    pub(crate) fn slots(&self) -> &[String] {
        &self.read.tags
    }

    /// Those that the arguments name.
    pub(crate) fn of_arguments(&self) -> &[String] {
        &self.read.tags[..self.count]
    }

    /// Whether the value in `bytes` still counts, if this is in the slots of its tags.
    pub(super) fn allow(&self, bytes: &[u8], found: &[Option<Bytes>]) -> bool {
        let Some(tags) = wire::tags(bytes) else { return false };
        let (of_arguments, rest) = found.split_at(self.count.min(found.len()));
        let named = rest.get(usize::from(self.read.names_tags)..).unwrap_or_default();
        let is_now = |epoch: &Epoch, found: &Option<Bytes>| {
            let found = found.as_deref().and_then(wire::parse_epoch);
            found.is_some_and(|(found, _)| found == *epoch)
        };
        let all = |epochs: &mut dyn Iterator<Item = &Epoch>, found: &[Option<Bytes>]| {
            epochs.zip(found).all(|(epoch, found)| is_now(epoch, found))
        };
        tags.epochs.len() == of_arguments.len()
            && tags.named.len() == named.len()
            && all(&mut tags.epochs.iter(), of_arguments)
            && all(&mut tags.named.iter().map(|(_, epoch)| epoch), named)
    }

    /// What tells fills under these tags from those under others; `None` if there is nothing to tell them by.
    pub(super) fn label(&self, found: &[Option<Bytes>]) -> Option<Bytes> {
        let mut label = Vec::new();
        for tag in found.get(..self.read.tags.len())? {
            let tag = tag.as_deref()?;
            wire::parse_epoch(tag)?;
            label.extend_from_slice(tag);
        }
        Some(label.into())
    }
}

impl Engine {
    /// The slots of tags.
    ///
    /// # Errors
    ///
    /// What is wrong with the tags.
    pub(crate) fn tag_slots(&self, tags: &TagNames) -> Result<Vec<String>, String> {
        // Most functions have none.
        if tags.bytes().is_empty() {
            return Ok(Vec::new());
        }
        Ok(tags.names()?.map(|tag| self.tag_slot(tag)).collect())
    }

    /// The slot of a tag.
    pub(crate) fn tag_slot(&self, tag: &str) -> String {
        tag_slot(&self.start, tag)
    }

    /// The state of the tags before a body begins, and its [label](Tagging::label). `None` while one of them is written.
    ///
    /// The slots of the tags live on for at least `life`.
    pub(crate) async fn era(
        &self,
        tags: &Tagging,
        life: Duration,
    ) -> Result<Option<(Era, Bytes)>, Error> {
        let Some(store) = self.store.as_ref() else { return Ok(None) };
        let Minted { tags: minted, clock } =
            store.mint(&self.clock, tags.of_arguments(), life).await?;
        let epochs = minted.iter().map(|tag| wire::parse_epoch(tag).map(|(epoch, _)| epoch));
        let Some(epochs) = epochs.collect::<Option<Vec<_>>>() else { return Ok(None) };
        let era = Era { epochs, clock: wire::parse_epoch(&clock), life };
        let found: Vec<_> = minted.into_iter().chain([clock]).map(Some).collect();
        Ok(tags.label(&found).map(|label| (era, label)))
    }

    /// The value of an offer, under the epochs of its tags. `None` if one that the value names has been invalidated
    /// since, or is being written.
    pub(crate) async fn date(
        &self,
        Offer { value, ttl, named }: Offer,
        tags: &Tagging,
        era: &Era,
    ) -> Result<Option<Offer>, Error> {
        if tags.is_empty() {
            return Ok(Some(Offer { value, ttl, named }));
        }
        let Some(store) = self.store.as_ref() else { return Ok(None) };
        if ttl > era.life {
            store.mint(&self.clock, tags.of_arguments(), ttl).await?;
        }
        let Some(of_result) = self.named_epochs(store, &named, ttl, era).await? else {
            return Ok(None);
        };
        Ok(wire::date(&value, &era.epochs, &of_result).map(|value| Offer { value, ttl, named }))
    }

    /// As [`date`](Self::date), under the tags as they are now.
    pub(crate) async fn date_now(
        &self,
        offer: Offer,
        tags: &Tagging,
        life: Duration,
    ) -> Result<Option<Offer>, Error> {
        if tags.is_empty() {
            return Ok(Some(offer));
        }
        match self.era(tags, life).await? {
            Some((era, _)) => self.date(offer, tags, &era).await,
            None => Ok(None),
        }
    }

    async fn named_epochs(
        &self,
        store: &dyn Store,
        named: &[String],
        ttl: Duration,
        era: &Era,
    ) -> Result<Option<Vec<Epoch>>, Error> {
        if named.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let Some((count, began)) = era.clock else { return Ok(None) };
        let Minted { tags, clock } = store.mint(&self.clock, named, ttl).await?;
        let is_same_count = wire::parse_epoch(&clock).is_some_and(|(now, _)| now == count);
        let unchanged = |tag: &Bytes| {
            let (epoch, stamp) = wire::parse_epoch(tag)?;
            (is_same_count && stamp <= began).then_some(epoch)
        };
        Ok(tags.iter().map(unchanged).collect())
    }
}

impl Desk<'_> {
    /// As [`Engine::era`]; what went wrong is counted.
    pub(super) async fn era<V>(self, policy: &Policy<V>) -> Option<(Era, Bytes)> {
        let era = self.engine.era(self.tags, policy.expected_life()).await;
        era.unwrap_or_else(|error| {
            self.failed(&error, "the tags of an entry could not be read");
            None
        })
    }

    /// As [`Engine::date`]; what went wrong is counted. `None`, too, without an `era`.
    pub(super) async fn date(self, offer: Offer, era: Option<&Era>) -> Option<Offer> {
        if self.tags.is_empty() {
            return Some(offer);
        }
        let dated = self.engine.date(offer, self.tags, era?).await.unwrap_or_else(|error| {
            self.failed(&error, "the tags of a result could not be read");
            None
        });
        if dated.is_none() {
            self.known.counters.overtaken.count();
        }
        dated
    }
}
