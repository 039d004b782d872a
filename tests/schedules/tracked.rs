//! Reads of slots whose changes are told.

use std::sync::Arc;

use cached_runtime::{Error, Store, TagRead, Tagged, Tracked};

use crate::steered::Steered;
use crate::store::command;

/// Of a hundred reads, how many go over another connection, and are not tracked.
const ASTRAY: u32 = 5;

impl Steered {
    pub(super) async fn read_tracked(&self, slot: &str, read: &TagRead) -> Result<Tracked, Error> {
        if self.tells_itself {
            return self.read_as_told(slot, read).await;
        }
        if self.world.draw() < ASTRAY {
            let tagged = self.get_tagged(slot, read).await?;
            return Ok(Tracked { tagged, is_tracked: false });
        }
        let mut ask = read.clone();
        ask.names_tags &= self.is_whole();
        let (mut tagged, mut is_tracked) = self.read_over_wire(slot, ask).await?;
        if read.names_tags && !self.is_whole() {
            for tag in self.named(&tagged) {
                let (found, is_tracked_too) = self.read_over_wire(&tag, TagRead::default()).await?;
                tagged.tags.push(found.found.map(|(bytes, _)| bytes));
                is_tracked &= is_tracked_too;
            }
        }
        Ok(Tracked { tagged, is_tracked })
    }

    /// One step. Whether what it has read is tracked.
    async fn read_over_wire(&self, slot: &str, ask: TagRead) -> Result<(Tagged, bool), Error> {
        let (name, wire) = (slot.to_owned(), Arc::clone(&self.wire));
        let may_be_named = if ask.names_tags { self.teams().to_vec() } else { Vec::new() };
        let op = |store: Arc<dyn Store>| async move {
            let mut slots = ask.tags.clone();
            slots.push(name.clone());
            let reading = wire.read([&slots[..], &may_be_named].concat());
            let tagged = store.get_tagged(&name, &ask).await?;
            let reading = reading.map(|mut reading| {
                slots.extend(may_be_named.into_iter().filter(|tag| names(&tagged, tag)));
                reading.done(slots);
                reading
            });
            Ok((tagged, reading))
        };
        let (tagged, reading) = self.steps.step(command("get_tracked", slot), op).await?;
        let is_tracked = reading.is_some_and(|reading| reading.comes(&self.world.clock));
        Ok((tagged, is_tracked))
    }

    /// The slots of the tags that values name.
    fn teams(&self) -> [String; 2] {
        [0, 1].map(|team| self.world.team_slot(team))
    }

    fn named(&self, tagged: &Tagged) -> Vec<String> {
        self.teams().into_iter().filter(|tag| names(tagged, tag)).collect()
    }

    /// The store itself tells of what changes.
    async fn read_as_told(&self, slot: &str, read: &TagRead) -> Result<Tracked, Error> {
        let (name, ask) = (slot.to_owned(), read.clone());
        let op = |store: Arc<dyn Store>| async move { store.get_tracked(&name, &ask).await };
        self.steps.step(command("get_tracked", slot), op).await
    }
}

/// Whether the value that was read names this slot.
fn names(tagged: &Tagged, tag: &str) -> bool {
    let Some((bytes, _)) = &tagged.found else { return false };
    bytes.windows(tag.len()).any(|part| part == tag.as_bytes())
}
