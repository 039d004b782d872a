//! What is known of the functions that write, and what they promise (see [`check`](crate::check)).

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::check::Bar;
use crate::plan::Action;

tokio::task_local! {
    /// The write whose function runs here.
    pub(crate) static WRITING: Writing;
}

pub(crate) type Writing = Arc<Mutex<Written>>;

/// A call of a function that writes, as far as it got.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) action: Action,
    pub(crate) life: usize,
    pub(crate) covers: Vec<Cover>,
    pub(crate) commit: Option<Commit>,
    pub(crate) intents: Vec<Intent>,
    /// When the body returned `Ok`.
    pub(crate) ends: Option<u64>,
    /// Whether a step after the body failed.
    pub(crate) has_failed: bool,
    /// When the function returned `Ok`.
    pub(crate) returned: Option<u64>,
}

/// Values that a write is about.
#[derive(Debug, Clone)]
pub(crate) struct Cover {
    pub(crate) number: u8,
    /// Of this team, if not all.
    pub(crate) team: Option<u8>,
    /// The slot of the entry, or of the tag.
    pub(crate) slot: String,
    pub(crate) version: u64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Commit {
    pub(crate) at: u64,
    pub(crate) time: Instant,
}

/// An intent that was told to be there.
#[derive(Debug, Clone)]
pub(crate) struct Intent {
    pub(crate) slot: String,
    pub(crate) sent: u64,
    pub(crate) time_sent: Instant,
}

/// Somebody, and no writer, may have taken an intent out of a slot, or out of all whose names start so.
#[derive(Debug, Clone)]
pub(crate) struct Removal {
    pub(crate) slot: String,
    pub(crate) is_prefix: bool,
    pub(crate) sent: u64,
    /// `u64::MAX` where nobody knows.
    pub(crate) done: u64,
}

/// Clocks are read before and after things happen, in milliseconds.
const MARGIN: Duration = Duration::from_millis(3);

impl Removal {
    fn is_of(&self, slot: &str) -> bool {
        if self.is_prefix { slot.starts_with(&self.slot) } else { slot == self.slot }
    }
}

impl Written {
    pub(crate) fn new(action: Action, life: usize, covers: Vec<Cover>) -> Self {
        let (commit, intents, ends, returned) = (None, Vec::new(), None, None);
        Self { action, life, covers, commit, intents, ends, has_failed: false, returned }
    }

    /// `lease` is how long intents stand.
    pub(crate) fn bars(&self, removals: &[Removal], lease: Duration) -> Vec<Bar> {
        let Some(commit) = self.commit else { return Vec::new() };
        let of = |cover| [self.by_intent(cover, commit, removals, lease), self.by_return(cover)];
        self.covers.iter().flat_map(of).flatten().collect()
    }

    /// A call that begins after the function has returned gets nothing that is older.
    fn by_return(&self, cover: &Cover) -> Option<Bar> {
        Some(Bar {
            life: self.has_failed.then_some(self.life),
            settled: self.ends?,
            ..self.bar(cover, self.returned?)
        })
    }

    /// Where the intent was in the slot, and its right not yet over at the commit, nothing that is older is stored, or
    /// handed on: whatever becomes of the writer. Not so if somebody has emptied the slot before the commit, and so
    /// taken the intent away.
    ///
    /// What a result names is asked for only after its body, which may outlast the intent of a writer that has died.
    fn by_intent(
        &self,
        cover: &Cover,
        commit: Commit,
        removals: &[Removal],
        lease: Duration,
    ) -> Option<Bar> {
        let intent = self.intents.iter().find(|it| it.slot == cover.slot)?;
        let is_in_time = commit.time + MARGIN < intent.time_sent + lease;
        let overlaps = |it: &Removal| it.done > intent.sent && it.sent < commit.at;
        let is_removed = removals.iter().any(|it| it.is_of(&cover.slot) && overlaps(it));
        let is_promised = is_in_time && !is_removed && cover.team.is_none();
        is_promised.then(|| Bar { settled: intent.sent, ..self.bar(cover, commit.at) })
    }

    fn bar(&self, cover: &Cover, from: u64) -> Bar {
        let Cover { number, team, version, .. } = *cover;
        Bar { team, version, ..Bar::new(self.action, number, from) }
    }
}
