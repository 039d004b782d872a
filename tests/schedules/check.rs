//! The promise, checked on what happened.
//!
//! A call that begins after an invalidation of its entry has returned is not answered with a value whose body had begun
//! when that invalidation was started, nor with such a body's error. Between its start and its return there is a moment
//! at which the slot is emptied; a body that begins after it may be stored, and begins before the invalidation returns.
//! So "begun before it returned" would be too strong, and such values are counted. What the database had when the
//! invalidation was started, such a body has read.

use cached_runtime::Outcome;

use crate::history::{Call, Emptying, History};

/// What the checker has seen in one schedule.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) violations: Vec<String>,
    /// Answers that an invalidation could have made wrong.
    pub(crate) checked: u64,
    /// Values whose bodies began while an invalidation was under way, and that were served when it had returned.
    pub(crate) born_meanwhile: u64,
}

pub(crate) fn check(history: &History) -> Findings {
    let mut findings = Findings::default();
    let emptyings = history.emptyings();
    for call in history.calls() {
        let number = call.read.number;
        if usize::from(number) != call.action.slot {
            findings.violations.push(format!("a wrong answer: {call:?}"));
        }
        let before = |it: &&Emptying| it.number == number && it.returned < call.began;
        for emptying in emptyings.iter().filter(before) {
            findings.add(&call, emptying);
        }
    }
    findings
}

impl Findings {
    fn add(&mut self, call: &Call, emptying: &Emptying) {
        let is_older = call.read.born < emptying.started;
        if emptying.is_expiry() {
            // Stale it may be.
            let is_fresh = matches!(call.outcome, Outcome::Hit | Outcome::Shared | Outcome::Miss);
            if is_older && is_fresh && !call.is_error {
                self.violations
                    .push(format!("fresh after it was expired: {call:?}\n  {emptying:?}"));
            }
            return;
        }
        self.checked += 1;
        if is_older || call.read.version < emptying.version {
            self.violations.push(format!("older than an invalidation: {call:?}\n  {emptying:?}"));
        } else if call.read.born < emptying.returned {
            self.born_meanwhile += 1;
        }
    }
}
