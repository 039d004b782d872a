//! The path of a call of a function that writes: its intents, its body, and what becomes of the entries that the write is
//! about (DESIGN, section 5, write intent).
//!
//! An intent stands in the slot itself, and in those of tags, from before the body until it has ended: meanwhile no fill
//! is stored there. If the process dies in between, the intent stays until its lease ends, so that nothing is stored
//! that was read before the write and would outlast it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::engine::Engine;
use super::returned::Returned;
use super::tags::Tagging;
use crate::codec::wire;
use crate::key::TagNames;
use crate::{Cache, Entry, Error};

mod after;
mod events;
mod own;
mod writer;

pub use after::After;
pub(super) use events::WriteEvents;
use own::writing;
pub(super) use own::{is_any_writing, is_writing};
use writer::Writer;

/// How long an intent stands if its process dies.
const LEASE: Duration = Duration::from_secs(10);

/// An entry that is written.
pub(crate) struct Target {
    pub(crate) engine: Arc<Engine>,
    pub(crate) slot: String,
    pub(crate) tags: Tagging,
    /// How long a value of it lives, as far as that is known.
    pub(crate) life: Duration,
}

/// The tags that are written, of one cache.
struct TagTargets {
    engine: Arc<Engine>,
    names: Vec<String>,
    slots: Vec<String>,
    intent: Intent,
}

/// What is known of an intent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Intent {
    /// It was not sent.
    Absent,
    /// It may come into the slot later, when others have long written.
    Pending,
    /// It has been put into the slot.
    Placed,
}

/// What a call of a function that writes is about.
pub struct Write {
    entries: Vec<Target>,
    /// Those that get a value, by their place.
    puts: Vec<usize>,
    tags: Option<TagTargets>,
    /// Of the tags: that of the option, else that which is current.
    cache: Cache,
    lease: Duration,
}

impl Write {
    /// Nothing yet.
    #[expect(clippy::new_without_default, reason = "only for expansions")]
    pub fn new() -> Self {
        let (entries, puts) = (Vec::new(), Vec::new());
        Self { entries, puts, tags: None, cache: Cache::current(), lease: LEASE }
    }

    /// The cache of the tags.
    pub fn cache(&mut self, cache: &Cache) {
        self.cache = cache.clone();
    }

    /// This entry, which is emptied.
    pub fn entry<T>(&mut self, entry: &Entry<T>) {
        self.add(entry);
    }

    /// This entry, which may get a value: see [`After::put`].
    pub fn put<T>(&mut self, entry: &Entry<T>) {
        let place = self.add(entry);
        self.puts.extend(place);
    }

    /// The place of this entry. Two calls may be about the same one, and are no two writers of it.
    fn add<T>(&mut self, entry: &Entry<T>) -> Option<usize> {
        let failed = |error: &_| self.cache.engine().write_events.failed(error);
        let target = entry.target().inspect_err(failed).ok()??;
        let is_it = |other: &Target| {
            Arc::ptr_eq(&other.engine, &target.engine) && other.slot == target.slot
        };
        let place = self.entries.iter().position(is_it);
        place.or_else(|| {
            self.entries.push(target);
            Some(self.entries.len() - 1)
        })
    }

    /// These tags.
    #[expect(clippy::needless_pass_by_value, reason = "expansions have no more use for them")]
    pub fn tags(&mut self, tags: TagNames) {
        self.tags = TagTargets::new(&self.cache, &tags);
    }

    /// How long the intents stand if the process dies.
    pub fn lease(&mut self, lease: Duration) {
        self.lease = lease.max(Duration::from_millis(1));
    }
}

impl TagTargets {
    fn new(cache: &Cache, tags: &TagNames) -> Option<Self> {
        let engine = Arc::clone(cache.engine());
        match tags.names() {
            Ok(names) => engine.store.is_some().then(|| {
                let names: Vec<_> = names.map(str::to_owned).collect();
                let slots = names.iter().map(|name| engine.tag_slot(name)).collect();
                Self { engine, names, slots, intent: Intent::Absent }
            }),
            Err(problem) => {
                engine.write_events.failed(&Error::custom(problem));
                None
            }
        }
    }
}

/// Runs `body` with intents in the slots that the write is about. If it does not fail, they are emptied, or get what
/// `after` says; else the intents are taken back. Never fails but by the body.
pub(crate) async fn write<R, const FALLIBLE: bool, F, Fut, A>(write: Write, body: F, after: A) -> R
where
    R: Returned<FALLIBLE>,
    F: FnOnce() -> Fut,
    Fut: Future<Output = R>,
    A: FnOnce(&R::Value, &mut After),
{
    let cache = write.cache.clone();
    let mut writer = Box::pin(Writer::begin(write)).await;
    let returned = writing(writer.slots(), body()).await;
    writer.returned();
    match returned.split() {
        Ok(value) => {
            let mut then = After::new(cache, writer.puts());
            after(&value, &mut then);
            Box::pin(writer.succeed(then)).await;
            R::from_value(value)
        }
        // The intents are taken back as the writer is dropped: nobody waits for that, as the error may be no `Send`.
        Err(failed) => failed,
    }
}

/// A token that no other writer has.
fn new_token() -> [u8; 16] {
    wire::unique()
}
