//! The intents of one call.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::after::After;
use super::{Intent, TagTargets, Target, Write, new_token};
use crate::call::engine::Engine;
use crate::call::fill::Offer;
use crate::call::join::{Step, all, each};
use crate::call::tags::Era;
use crate::policy::Sharing;
use crate::store::{Store as _, has_clock};
use crate::{Error, Invalidation};

/// After this, what was sent and not waited for has come, or never will.
const LATE: Duration = Duration::from_secs(1);

/// A call whose intents are out. Dropped, it takes them back: nothing is stored.
pub(super) struct Writer {
    token: [u8; 16],
    entries: Vec<Written>,
    tags: Vec<TagTargets>,
    /// Whether the body has begun and has not returned.
    is_running: bool,
}

struct Written {
    target: Target,
    is_put: bool,
    intent: Intent,
    /// The state of its tags before the body began, where it may get a value.
    era: Option<Era>,
}

impl Written {
    fn new(target: Target, is_put: bool) -> Self {
        Self { target, is_put, intent: Intent::Absent, era: None }
    }

    async fn begin(&mut self, token: [u8; 16], lease: Duration) -> Result<(), Error> {
        let Target { engine, slot, tags, life } = &self.target;
        let Some(store) = engine.store.as_ref().filter(|store| !store.is_away()) else {
            return Ok(());
        };
        self.intent = Intent::Pending;
        store.begin_write(slot, token, lease).await?;
        self.intent = Intent::Placed;
        if self.is_put {
            self.era = if tags.is_empty() {
                Some(Era::default())
            } else {
                engine.era(tags, *life).await?.map(|(era, _)| era)
            };
        }
        Ok(())
    }

    async fn end(&self, token: [u8; 16], offer: Option<Offer>) -> Result<(), Error> {
        let Target { engine, slot, tags, .. } = &self.target;
        let value = match (offer, &self.era) {
            // Without the state of its tags the value can't be stored.
            (Some(offer), Some(era)) => engine.date(offer, tags, era).await.unwrap_or_default(),
            _ => None,
        };
        let value = value.map(|Offer { value, ttl, .. }| (value, ttl));
        let ended = engine.end_write(slot, token, value).await;
        if self.intent == Intent::Pending {
            end_later(engine, slot, token);
        }
        ended.map(drop)
    }
}

impl TagTargets {
    async fn begin(&mut self, token: [u8; 16], lease: Duration) -> Result<(), Error> {
        let Self { engine, slots, intent, .. } = self;
        let Some(store) = engine.store.as_ref().filter(|store| !store.is_away()) else {
            return Ok(());
        };
        *intent = Intent::Pending;
        // A fill that is under way, and will name one of these tags, is to end before the intent does.
        let lease = lease.saturating_add(Sharing::default().lease);
        each(slots.iter().map(|slot| store.begin_write(slot, token, lease)).collect()).await?;
        *intent = Intent::Placed;
        // After the intents: what is being filled, and will name one of these tags, sees one or the other.
        store.invalidate_tags(&engine.clock, &[]).await
    }

    async fn end(&self, token: [u8; 16]) -> Result<(), Error> {
        let Self { engine, names, slots, intent } = self;
        let ended = engine.end_tag_writes(slots, token, *intent != Intent::Absent).await;
        if *intent == Intent::Pending {
            for slot in slots {
                end_later(engine, slot, token);
            }
        }
        ended?;
        for name in names {
            engine.announce(&Invalidation::Tag(name.clone()));
        }
        Ok(())
    }
}

/// An intent that comes when its writer has long ended would hold calls up until its lease ends.
fn end_later(engine: &Arc<Engine>, slot: &str, token: [u8; 16]) {
    if !has_clock() {
        return;
    }
    let (held, slot) = (Arc::clone(engine), slot.to_owned());
    engine.background.detach(async move {
        sleep(LATE).await;
        if let Some(store) = held.store.as_ref() {
            // Where it fails, the intent ends by itself.
            let _ = store.end_write(&slot, token, None).await;
        }
    });
}

impl Writer {
    /// Puts the intents into the slots. Where that fails, the body runs all the same, and what it is about is emptied
    /// after it.
    pub(super) async fn begin(Write { entries, puts, tags, lease, .. }: Write) -> Self {
        let written = |(at, target)| Written::new(target, puts.contains(&at));
        let entries = entries.into_iter().enumerate().map(written).collect();
        let tags = tags.into_iter().collect();
        let mut writer = Self { token: new_token(), entries, tags, is_running: false };
        let token = writer.token;
        let mut steps: Vec<Step<'_>> = Vec::new();
        for written in &mut writer.entries {
            steps.push(Box::pin(written.begin(token, lease)));
        }
        for tags in &mut writer.tags {
            steps.push(Box::pin(tags.begin(token, lease)));
        }
        let errors = all(steps).await;
        for error in errors {
            tracing::debug!(%error, "an intent to write could not be made known");
        }
        writer.is_running = true;
        writer
    }

    /// The entries that it is about.
    pub(super) fn slots(&self) -> impl Iterator<Item = String> {
        self.entries.iter().map(|written| written.target.slot.clone())
    }

    /// The body has returned.
    pub(super) fn returned(&mut self) {
        self.is_running = false;
    }

    /// The entries that may get a value.
    pub(super) fn puts(&self) -> impl Iterator<Item = &Target> {
        self.entries.iter().filter(|written| written.is_put).map(|written| &written.target)
    }

    /// The body has succeeded.
    pub(super) async fn succeed(&mut self, mut after: After) {
        let token = self.token;
        // First, so that they are emptied also if the call is cancelled now.
        let late = std::mem::take(&mut after.entries).into_iter();
        self.entries.extend(late.map(|target| Written::new(target, false)));
        self.tags.extend(after.tags.take());
        let mut steps: Vec<Step<'_>> = Vec::new();
        for written in &self.entries {
            let offer = after.take(&written.target);
            steps.push(Box::pin(written.end(token, offer)));
        }
        for tags in &self.tags {
            steps.push(Box::pin(tags.end(token)));
        }
        let errors = all(steps).await;
        for error in &errors {
            after.events().failed(error);
        }
        self.entries.clear();
        self.tags.clear();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let token = self.token;
        // What the body has sent may still be on its way, its commit perhaps: a fill that came too early would be stored.
        let pause = (self.is_running && has_clock()).then_some(LATE);
        for written in self.entries.drain(..) {
            let engine = Arc::clone(&written.target.engine);
            let pause = pause.filter(|_| written.intent == Intent::Placed);
            engine.background.detach(async move {
                wait_for(pause).await;
                quietly(written.end(token, None).await);
            });
        }
        for tags in self.tags.drain(..) {
            let engine = Arc::clone(&tags.engine);
            engine.background.detach(async move {
                wait_for(pause).await;
                quietly(tags.end(token).await);
            });
        }
    }
}

async fn wait_for(pause: Option<Duration>) {
    if let Some(pause) = pause {
        sleep(pause).await;
    }
}

/// What fails is remembered by the engine.
fn quietly(ended: Result<(), Error>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "an intent to write could not be taken back yet");
    }
}
