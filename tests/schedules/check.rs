//! The promise, checked on what happened.
//!
//! A call that begins after an invalidation of its entry has returned, be it of the entry, of a tag, or of a prefix, is
//! not answered with a value whose body had begun when that invalidation was started, nor with such a body's error.
//! Between its start and its return there is a moment at which the slot is emptied; a body that begins after it may be
//! stored, and begins before the invalidation returns. So "begun before it returned" would be too strong, and such values
//! are counted. What the database had when the invalidation was started, such a body has read. If the invalidation has
//! failed, this holds for the calls of its own process.
//!
//! A value that is put by hand may be older than that: it counts as one that was made while it was put, as nobody else
//! can know better. So it is not served after an invalidation that was started when the put had returned. The put itself
//! is an invalidation of all that bodies have read before it. A put that has failed may still come at any time.
//!
//! What a function that writes has committed is promised in [`writes`](crate::writes).

use std::collections::HashMap;
use std::time::Instant;

use cached_runtime::Outcome;

use crate::deeds::Deed;
use crate::functions::Origin;
use crate::history::Call;
use crate::kinds::Kind;
use crate::plan::Action;
use crate::world::World;

/// What the checker has seen in one schedule.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) violations: Vec<String>,
    /// Answers that an invalidation could have made wrong.
    pub(crate) checked: u64,
    /// Answers that a write could have made wrong.
    pub(crate) checked_writes: u64,
    /// Values that were kept in the process, and that it did not know yet to be too old.
    pub(crate) late: u64,
    /// Values whose bodies began while an invalidation was under way, and that were served when it had returned.
    pub(crate) born_meanwhile: u64,
}

/// Some values are too old for some calls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bar {
    pub(crate) action: Action,
    /// Only values of this entry.
    pub(crate) number: u8,
    /// Only those of this team, if not all.
    pub(crate) team: Option<u8>,
    /// Only for calls of this process, if not all.
    pub(crate) life: Option<usize>,
    /// Nobody's process has done it.
    pub(crate) is_foreign: bool,
    /// For calls that begin later than that.
    pub(crate) from: u64,
    /// When that was.
    pub(crate) time: Option<Instant>,
    /// Values that were born before.
    pub(crate) born: u64,
    /// Values whose putting by hand had ended before.
    pub(crate) settled: u64,
    /// Values of older versions.
    pub(crate) version: u64,
}

pub(crate) fn check(world: &World) -> Findings {
    let World { history, .. } = world;
    let lease = world.times().write;
    let mut findings = Findings::default();
    let puts = history.puts();
    let mut bars = history.bars();
    let removals = history.removals();
    for written in history.writes() {
        bars.extend(written.bars(&removals, lease));
    }
    for call in history.calls() {
        let number = call.read.number;
        if usize::from(number) != call.action.slot {
            findings.violations.push(format!("a wrong answer: {call:?}"));
        }
        for bar in bars.iter().filter(|bar| bar.is_about(&call)) {
            if bar.is_unknown_to(&call, world) {
                findings.late += u64::from(bar.forbids(&call, &puts));
            } else {
                findings.add(&call, bar, &puts);
            }
        }
    }
    findings
}

impl Bar {
    /// Of what that action is about, and nothing more.
    pub(crate) fn new(action: Action, number: u8, from: u64) -> Self {
        let (team, life, is_foreign, time) = (None, None, false, None);
        Self { action, number, team, life, is_foreign, from, time, born: 0, settled: 0, version: 0 }
    }

    fn is_about(&self, call: &Call) -> bool {
        let read = call.read;
        read.number == self.number
            && self.from < call.began
            && self.team.is_none_or(|team| team == read.team())
            && self.life.is_none_or(|life| life == call.life)
    }

    /// Whether the value was kept in a process that this has reached only after the call began, or not at all. What a
    /// process does itself, it knows.
    fn is_unknown_to(&self, call: &Call, world: &World) -> bool {
        let is_own = !self.is_foreign && self.action.process == call.action.process;
        if is_own || call.outcome != Outcome::LocalHit {
            return false;
        }
        let is_recent = |time| call.time < time + world.times().untracked;
        let may_be_untracked = world.plan.slots[call.action.slot].kind == Kind::KeptUntracked;
        (may_be_untracked && self.time.is_none_or(is_recent))
            || world.wires.known(call.life, self.from) >= call.began
    }

    /// Whether the value is too old for it.
    fn forbids(&self, call: &Call, puts: &HashMap<u64, u64>) -> bool {
        let read = call.read;
        match read.origin {
            // Stale it may be.
            _ if self.is_expiry() => {
                let is_fresh = !matches!(call.outcome, Outcome::Stale | Outcome::Bypass);
                let is_older = read.origin != Origin::Hand && read.born < self.born;
                is_older && is_fresh && !call.is_error
            }
            Origin::Hand => puts.get(&read.born).is_some_and(|settled| *settled < self.settled),
            Origin::Body | Origin::Writer => read.born < self.born || read.version < self.version,
        }
    }

    /// It leaves stale values.
    fn is_expiry(&self) -> bool {
        self.action.deed == Deed::Expire
    }

    fn is_write(&self) -> bool {
        matches!(self.action.deed, Deed::Write(..))
    }
}

impl Findings {
    fn add(&mut self, call: &Call, bar: &Bar, puts: &HashMap<u64, u64>) {
        if bar.forbids(call, puts) {
            let what = if bar.is_expiry() { "fresh after it was expired" } else { "too old" };
            self.violations.push(format!("{what}: {call:?}\n  {bar:?}"));
        } else if bar.born > 0 && !bar.is_expiry() && call.read.born < bar.from {
            self.born_meanwhile += 1;
        }
        if bar.is_write() {
            self.checked_writes += 1;
        } else if !bar.is_expiry() {
            self.checked += 1;
        }
    }
}
