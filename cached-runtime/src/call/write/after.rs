//! What becomes of the entries when the body has succeeded.

use std::collections::HashMap;
use std::sync::Arc;

use super::{TagTargets, Target, WriteEvents};
use crate::call::fill::Offer;
use crate::key::TagNames;
use crate::{Cache, Entry};

/// What a value of a function that writes says of entries.
pub struct After {
    /// The slots that may get a value, with the engine's address: two caches may have slots of one name.
    puts: HashMap<(usize, String), Option<Offer>>,
    /// What is known only now, and has no intent.
    pub(super) entries: Vec<Target>,
    pub(super) tags: Option<TagTargets>,
    cache: Cache,
}

impl After {
    pub(super) fn new<'a>(cache: Cache, puts: impl Iterator<Item = &'a Target>) -> Self {
        let puts = puts.map(|target| (name(target), None)).collect();
        Self { puts, entries: Vec::new(), tags: None, cache }
    }

    /// The entry gets this value, if nobody else writes it meanwhile. Where the value has no encoding, or its options do
    /// not let it in, the entry is emptied.
    pub fn put<T>(&mut self, entry: &Entry<T>, value: &T) {
        let Ok(Some(target)) = entry.target() else { return };
        let offer = entry.offer(&target.slot, value).unwrap_or_else(|error| {
            self.events().refused(&error);
            None
        });
        if let Some(place) = self.puts.get_mut(&name(&target)) {
            *place = offer;
        }
    }

    /// This entry is emptied as well.
    pub fn invalidate<T>(&mut self, entry: &Entry<T>) {
        match entry.target() {
            Ok(target) => self.entries.extend(target),
            Err(error) => self.events().failed(&error),
        }
    }

    /// These tags are invalidated as well.
    #[expect(clippy::needless_pass_by_value, reason = "expansions have no more use for them")]
    pub fn tags(&mut self, tags: TagNames) {
        self.tags = TagTargets::new(&self.cache, &tags);
    }

    pub(super) fn events(&self) -> &WriteEvents {
        &self.cache.engine().write_events
    }

    /// What this entry gets.
    pub(super) fn take(&mut self, target: &Target) -> Option<Offer> {
        self.puts.remove(&name(target)).flatten()
    }
}

fn name(target: &Target) -> (usize, String) {
    (Arc::as_ptr(&target.engine).addr(), target.slot.clone())
}
