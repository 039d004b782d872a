//! What takes values away.

use std::sync::Arc;
use std::time::Instant;

use cached_runtime::{Entry, Error};

use crate::calls::{Actor, End};
use crate::check::Bar;
use crate::deeds::{Deed, Tag};
use crate::functions::{PREFIX, Read};
use crate::history::Event;
use crate::steps::commit;
use crate::store::command;

/// Those that are invalidated together.
const TAGS: [Tag; 2] = [Tag::All, Tag::Team(0)];

impl Actor {
    pub(super) async fn empty(self, mut end: End) {
        let (entry, meant) = (self.entry_of(&self.emptying).await, self.meant());
        let Self { ref world, ref life, action, .. } = self;
        // The database first, then the cache.
        if !self.changes_nothing() {
            for (number, _) in &meant {
                world.database.write(*number);
            }
        }
        let versions = meant.iter().map(|(number, _)| world.database.version(*number));
        let versions: Vec<u64> = versions.collect();
        let (started, lies) = (world.clock.tick(), life.lies());
        world.history.push(started, Event::Begins(action));
        let done = self.take_away(&entry).await;
        let returned = world.clock.tick();
        end.is_told = true;
        world.history.push(returned, Event::Returned(action, done.is_ok()));
        let is_done = done.is_ok() && life.lies() == lies;
        // What failed is remembered by its own process; a bare client has none, and an expiry is not promised.
        if !is_done && (self.is_bare() || action.deed == Deed::Expire) {
            return;
        }
        for ((number, team), version) in meant.into_iter().zip(versions) {
            let life = (!is_done).then_some(life.index);
            let bar = Bar::new(action, number, returned);
            let is_foreign = self.is_bare();
            world.history.push_bar(Bar {
                team,
                life,
                is_foreign,
                time: Some(Instant::now()),
                born: started,
                settled: started,
                version: if action.deed == Deed::Expire { 0 } else { version },
                ..bar
            });
        }
    }

    /// The values that it is about, by their entries, and the team of those under its tag.
    fn meant(&self) -> Vec<(u8, Option<u8>)> {
        let slot = self.slot();
        match self.action.deed {
            Deed::Clear | Deed::InvalidatePrefix => {
                self.world.plan.slots.iter().map(|slot| (slot.number, None)).collect()
            }
            Deed::InvalidateTag(tag) => self.world.under(tag, slot),
            Deed::InvalidateTags => {
                TAGS.into_iter().flat_map(|tag| self.world.under(tag, slot)).collect()
            }
            Deed::EvictLock | Deed::EvictTag(_) | Deed::EvictClock => Vec::new(),
            _ => vec![(slot.number, None)],
        }
    }

    fn is_bare(&self) -> bool {
        matches!(self.action.deed, Deed::Unlink) || self.is_eviction()
    }

    fn is_eviction(&self) -> bool {
        use Deed::{Evict, EvictClock, EvictLock, EvictTag};
        matches!(self.action.deed, Evict | EvictLock | EvictTag(_) | EvictClock)
    }

    fn changes_nothing(&self) -> bool {
        self.is_eviction() || self.action.deed == Deed::Expire
    }

    async fn take_away(&self, entry: &Entry<Read>) -> Result<(), Error> {
        let (world, slot) = (&self.world, self.slot());
        match self.action.deed {
            Deed::Invalidate => entry.invalidate().await,
            Deed::InvalidateTag(tag) => self.emptying.invalidate_tag(&slot.tag_text(tag)).await,
            Deed::InvalidateTags => {
                self.emptying.invalidate_tags(TAGS.map(|tag| slot.tag_text(tag))).await
            }
            Deed::Expire => entry.expire().await,
            Deed::Clear => self.emptying.clear().await.map(drop),
            Deed::InvalidatePrefix => self.emptying.invalidate_prefix(PREFIX).await.map(drop),
            Deed::EvictLock => self.delete(&format!("{}:refill", entry.key())).await,
            Deed::EvictTag(tag) => self.delete(&world.tag_slot(tag, slot)).await,
            Deed::EvictClock => self.delete(&world.clock_slot()).await,
            _ => self.delete(entry.key()).await,
        }
    }

    /// By a client that knows nothing of caches.
    async fn delete(&self, slot: &str) -> Result<(), Error> {
        let Self { world, bare, .. } = self;
        let (bare, name) = (Arc::clone(bare), slot.to_owned());
        let number = world.history.removes(slot, false, world.clock.tick());
        let op = Box::pin(async move { bare.delete(&name).await });
        commit(world, command("delete", slot), op).await.0?;
        world.history.removed(number, world.clock.tick());
        Ok(())
    }
}
