//! What could not be invalidated. This process reads around it until that has gone through: what is there may be out of
//! date, and the user of the invalidation was told so by an error, but the other callers were not.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

mod settle;
#[cfg(test)]
mod tests;

pub(super) use settle::{replay, settle};

use crate::duty::Duty;

/// Names that are remembered one by one, some 10 MB. Beyond, all that the cache has is in doubt.
const MOST: usize = 100_000;

/// Writers that are remembered of one tag: as many as an intent has.
const MOST_WRITERS: usize = 255;

pub(super) struct Doubts {
    /// Spares calls the lock while there are none.
    any: AtomicBool,
    doubted: Mutex<Doubted>,
    /// Settling them.
    settling: Duty,
    /// What all names of the cache start with.
    start: String,
    /// The slot of the clock of its tags.
    clock: String,
    most: usize,
}

#[derive(Default)]
struct Doubted {
    slots: HashMap<String, State>,
    tags: HashMap<String, State>,
    prefixes: HashMap<String, State>,
    last: u64,
}

struct State {
    /// A later doubt about the same name is another.
    number: u64,
    /// The invalidation is under way, and nobody else need see to it.
    is_held: bool,
    /// It failed, or an earlier one of the same name.
    has_failed: bool,
    /// Of a tag: those who have ended, and whose intents may still be there.
    writers: Vec<Token>,
}

/// That of a writer.
type Token = [u8; 16];

/// One doubt, from the start of an invalidation until it has gone through.
pub(super) struct Doubt {
    subject: Subject,
    number: u64,
    writers: Vec<Token>,
}

impl Doubt {
    fn tag(&self) -> Option<&String> {
        match &self.subject {
            Subject::Tag(tag) => Some(tag),
            Subject::Slot(_) | Subject::Prefix(_) => None,
        }
    }
}

enum Subject {
    Slot(String),
    /// By its slot.
    Tag(String),
    /// All whose names start with it.
    Prefix(String),
}

impl Doubts {
    pub(super) fn new(start: &str, clock: &str) -> Self {
        Self::with_most(start, clock, MOST)
    }

    fn with_most(start: &str, clock: &str, most: usize) -> Self {
        Self {
            any: AtomicBool::default(),
            doubted: Mutex::default(),
            settling: Duty::default(),
            start: start.to_owned(),
            clock: clock.to_owned(),
            most,
        }
    }

    /// From now on what is in `slot` is in doubt.
    pub(super) fn add_slot(&self, slot: &str) -> Doubt {
        self.add(Subject::Slot(slot.to_owned()))
    }

    /// From now on what is under these tags is in doubt.
    pub(super) fn add_tags(&self, tags: &[String]) -> Vec<Doubt> {
        tags.iter().map(|tag| self.add(Subject::Tag(tag.clone()))).collect()
    }

    /// From now on all slots whose names start with `prefix` are in doubt.
    pub(super) fn add_prefix(&self, prefix: &str) -> Doubt {
        self.add(Subject::Prefix(prefix.to_owned()))
    }

    /// As [`add_tags`](Self::add_tags). If it fails, the intents of this writer are to be taken back, too.
    pub(super) fn add_written_tags(&self, tags: &[String], writer: Token) -> Vec<Doubt> {
        let mut doubts = self.add_tags(tags);
        for doubt in &mut doubts {
            doubt.writers.push(writer);
        }
        doubts
    }

    fn add(&self, mut subject: Subject) -> Doubt {
        let mut doubted = self.lock();
        let is_full = doubted.count() >= self.most;
        let (map, name) = doubted.place(&subject);
        // A name outside of the namespace, which its user has chosen, is remembered by itself.
        if is_full && !map.contains_key(name) && name.starts_with(&self.start) {
            subject = Subject::Prefix(self.start.clone());
        }
        doubted.last += 1;
        let number = doubted.last;
        let (map, name) = doubted.place(&subject);
        let (has_failed, writers) =
            map.remove(name).map(|state| (state.has_failed, state.writers)).unwrap_or_default();
        map.insert(name.to_owned(), State { number, is_held: true, has_failed, writers });
        self.any.store(true, Ordering::Release);
        Doubt { subject, number, writers: Vec::new() }
    }

    /// Whether what is in `slot` may be out of date.
    pub(super) fn about(&self, slot: &str) -> bool {
        self.any() && {
            let doubted = self.lock();
            doubted.slots.contains_key(slot)
                || doubted.prefixes.keys().any(|prefix| slot.starts_with(prefix))
        }
    }

    /// Whether what is under these tags may be out of date. The clock stands for tags that nobody knows yet: all of which
    /// an invalidation has failed, and not those of which one is under way, as these would be too many.
    pub(super) fn about_tags(&self, tags: &[String]) -> bool {
        self.any() && !tags.is_empty() && {
            let doubted = self.lock();
            let is_doubted = |tag: &String| {
                doubted.tags.contains_key(tag)
                    || *tag == self.clock && doubted.tags.values().any(|state| state.has_failed)
            };
            tags.iter().any(is_doubted)
        }
    }

    /// The tags that make it so.
    pub(super) fn among(&self, tags: &[String]) -> Vec<String> {
        if !self.about_tags(tags) {
            return Vec::new();
        }
        let doubted = self.lock();
        if tags.contains(&self.clock) {
            let failed = doubted.tags.iter().filter(|(_, state)| state.has_failed);
            return failed.map(|(tag, _)| tag.clone()).collect();
        }
        tags.iter().filter(|tag| doubted.tags.contains_key(*tag)).cloned().collect()
    }

    #[inline]
    pub(super) fn any(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// How many have failed and wait.
    pub(super) fn pending(&self) -> usize {
        if self.any() { self.lock().all().filter(|(_, state)| state.has_failed).count() } else { 0 }
    }

    /// Some of those that nobody is seeing to; the widest first, as they may make others needless.
    fn some(&self) -> Vec<Doubt> {
        // Small enough that calls, which share the connection, hardly wait for it.
        const BATCH: usize = 100;
        let doubted = self.lock();
        let free = |map: fn(&Doubted) -> &HashMap<String, State>, wrap: fn(String) -> Subject| {
            let free = map(&doubted).iter().filter(|(_, state)| !state.is_held);
            free.map(move |(name, state)| Doubt {
                subject: wrap(name.clone()),
                number: state.number,
                writers: state.writers.clone(),
            })
        };
        let prefixes = free(|it| &it.prefixes, Subject::Prefix);
        let slots = free(|it| &it.slots, Subject::Slot);
        prefixes.chain(slots).chain(free(|it| &it.tags, Subject::Tag)).take(BATCH).collect()
    }

    /// Takes this doubt back, and no later one about the same: what settled it may have come before the later one.
    pub(super) fn remove(&self, doubt: &Doubt) {
        let mut doubted = self.lock();
        let (map, name) = doubted.place(&doubt.subject);
        if map.get(name).is_some_and(|state| state.number == doubt.number) {
            map.remove(name);
        }
        self.removed(&doubted);
    }

    /// The number of the last doubt.
    fn last(&self) -> u64 {
        self.lock().last
    }

    /// All whose names start with `prefix` are gone, after the doubt of this number was there.
    fn remove_under(&self, prefix: &str, last: u64) {
        let mut doubted = self.lock();
        let stays = |name: &String, state: &mut State| {
            state.is_held || state.number > last || !name.starts_with(prefix)
        };
        doubted.slots.retain(stays);
        // Without the clock, what is being filled would not notice.
        if self.clock.starts_with(prefix) {
            doubted.tags.retain(stays);
        }
        self.removed(&doubted);
    }

    fn removed(&self, doubted: &Doubted) {
        self.any.store(doubted.count() > 0, Ordering::Release);
    }

    /// Leaves this doubt to the background task.
    pub(super) fn release(&self, doubt: &Doubt) {
        let mut doubted = self.lock();
        let (map, name) = doubted.place(&doubt.subject);
        if !doubt.writers.is_empty() && !map.contains_key(name) {
            // A later one has gone through, and left their intents there.
            let (number, writers) = (doubt.number, Vec::new());
            let state = State { number, is_held: false, has_failed: true, writers };
            map.insert(name.to_owned(), state);
            self.any.store(true, Ordering::Release);
        }
        let Some(state) = map.get_mut(name) else { return };
        let room = MOST_WRITERS.saturating_sub(state.writers.len());
        state.writers.extend(doubt.writers.iter().take(room));
        // A later one that is under way makes up for it only when it has gone through.
        state.has_failed = true;
        state.is_held &= state.number != doubt.number;
    }

    fn lock(&self) -> MutexGuard<'_, Doubted> {
        self.doubted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Doubted {
    fn place<'a>(&mut self, subject: &'a Subject) -> (&mut HashMap<String, State>, &'a str) {
        match subject {
            Subject::Slot(slot) => (&mut self.slots, slot),
            Subject::Tag(tag) => (&mut self.tags, tag),
            Subject::Prefix(prefix) => (&mut self.prefixes, prefix),
        }
    }

    fn all(&self) -> impl Iterator<Item = (&String, &State)> {
        self.slots.iter().chain(&self.tags).chain(&self.prefixes)
    }

    fn count(&self) -> usize {
        self.slots.len() + self.tags.len() + self.prefixes.len()
    }
}
