//! What really happened in one schedule, and what must not have.
//!
//! Its lock is the standard library's, and never held while anything else happens: so it is no point at which shuttle
//! can switch, and recording changes no schedule.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::slot;

#[derive(Default)]
pub(crate) struct Record {
    facts: Mutex<Facts>,
}

#[derive(Default)]
struct Facts {
    clock: u64,
    /// The last invalidation that has returned.
    invalidated: u64,
    /// When the last invalidation began of which the board has been told.
    overtaken: u64,
    /// Whether the board is told of any invalidation, now or later.
    is_any_overtaking: bool,
    leading: HashSet<Bytes>,
    running: HashSet<Bytes>,
    flights: HashMap<Bytes, Tally>,
    errors: HashSet<u64>,
    /// How many calls took each way out.
    pub(crate) ways: HashMap<&'static str, u64>,
}

/// The flights under one mark. A value that is stale can have several, one after the other.
#[derive(Debug, Default)]
struct Tally {
    begun: u32,
    ended: u32,
    abandoned: u32,
}

/// The leader, or the body, of a mark, as long as it is one.
pub(crate) struct Held {
    record: Arc<Record>,
    mark: Option<Bytes>,
    of: fn(&mut Facts) -> &mut HashSet<Bytes>,
}

impl Record {
    pub(crate) fn tick(&self) -> u64 {
        let mut facts = self.facts();
        facts.clock += 1;
        facts.clock
    }

    pub(crate) fn invalidated(&self) -> u64 {
        self.facts().invalidated
    }

    pub(crate) fn invalidation_returns(&self, moment: u64) {
        let mut facts = self.facts();
        facts.invalidated = facts.invalidated.max(moment);
    }

    pub(crate) fn board_will_be_told(&self) {
        self.facts().is_any_overtaking = true;
    }

    pub(crate) fn board_was_told(&self, moment: u64) {
        let mut facts = self.facts();
        facts.overtaken = facts.overtaken.max(moment);
    }

    /// When the last invalidation began that the board knows of by now.
    pub(crate) fn overtaken(&self) -> u64 {
        self.facts().overtaken
    }

    /// Each follower gets an error of its own.
    pub(crate) fn judge_error(&self, number: u64) {
        assert!(self.facts().errors.insert(number), "one landing for two followers");
    }

    pub(crate) fn begins(&self, mark: &Bytes) {
        self.facts().flights.entry(mark.clone()).or_default().begun += 1;
    }

    pub(crate) fn ends(&self, mark: &Bytes) {
        self.facts().flights.entry(mark.clone()).or_default().ended += 1;
    }

    pub(crate) fn is_abandoned(&self, mark: &Bytes) {
        let mut facts = self.facts();
        let tally = facts.flights.entry(mark.clone()).or_default();
        tally.abandoned += 1;
        let is_due = tally.begun >= tally.ended + tally.abandoned;
        drop(facts);
        assert!(is_due, "a flight that had ended, or had been reported, is reported as abandoned");
    }

    /// A call leads the fill of a mark: nobody else may, unless an invalidation came between.
    pub(crate) fn leads(self: &Arc<Self>, mark: Option<&Bytes>) -> Held {
        // After an invalidation, a stale value's refill is not joined any more, and another one may begin.
        let is_sole =
            mark.is_some_and(|mark| slot::is_lease(mark) || !self.facts().is_any_overtaking);
        self.hold(mark.filter(|_| is_sole), |facts| &mut facts.leading, "two leaders of one mark")
    }

    /// The body runs for a mark.
    pub(crate) fn runs(self: &Arc<Self>, mark: Option<&Bytes>) -> Held {
        let lease = mark.filter(|mark| slot::is_lease(mark));
        self.hold(lease, |facts| &mut facts.running, "two bodies for one lease")
    }

    pub(crate) fn way_out(&self, way: &'static str) {
        *self.facts().ways.entry(way).or_default() += 1;
    }

    pub(crate) fn ways(&self) -> HashMap<&'static str, u64> {
        self.facts().ways.clone()
    }

    /// All calls have gone.
    pub(crate) fn judge_end(&self) {
        let facts = self.facts();
        let unlike = facts.flights.iter().find(|(_, it)| it.begun != it.ended + it.abandoned);
        let unlike = unlike.map(|(mark, tally)| format!("{tally:?} of {mark:?}"));
        drop(facts);
        assert_eq!(unlike, None, "each flight ends, or is abandoned once");
    }

    fn hold(
        self: &Arc<Self>,
        mark: Option<&Bytes>,
        of: fn(&mut Facts) -> &mut HashSet<Bytes>,
        otherwise: &str,
    ) -> Held {
        if let Some(mark) = mark {
            let is_first = of(&mut self.facts()).insert(mark.clone());
            assert!(is_first, "{otherwise}");
        }
        Held { record: Arc::clone(self), mark: mark.cloned(), of }
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(mark) = self.mark.take() {
            (self.of)(&mut self.record.facts()).remove(&mark);
        }
    }
}

/// The join rule: no value whose body began before an invalidation that returned before the call began.
pub(crate) fn judge_answer(since: u64, value: &[u8]) {
    let began = slot::began(value);
    assert!(began >= since, "stale: the body began at {began}, an invalidation was at {since}");
}
