//! What a campaign has come to.

use std::collections::BTreeMap;
use std::fmt;

use cached_runtime::Cache;

use crate::check::check;
use crate::deeds::{Deed, Fate, Stop, When};
use crate::history::Event;
use crate::world::World;

#[derive(Default)]
pub(crate) struct Tally {
    counts: BTreeMap<&'static str, u64>,
    wrong_answers: u64,
    /// For people, with their seeds.
    violations: Vec<String>,
    violated: u64,
}

/// As many as are printed.
const SHOWN: usize = 3;

/// What a schedule may come to, all of which is to occur.
const INTERESTING: [&str; 26] = [
    "hits",
    "local hits",
    "late",
    "shared",
    "stale",
    "misses",
    "bypasses",
    "overtaken",
    "errors",
    "cancelled",
    "panicked",
    "invalidations",
    "expiries",
    "failed invalidations",
    "checked",
    "born meanwhile",
    "shared errors",
    "got",
    "tags invalidated",
    "puts",
    "writes",
    "failed writes",
    "checked after writes",
    "killed after a commit",
    "outages",
    "killed",
];

impl Tally {
    pub(crate) fn add(
        &mut self,
        seed: u64,
        world: &World,
        caches: &[Cache],
        problem: Option<String>,
    ) {
        let findings = check(world);
        self.count("schedules", 1);
        self.count("checked", findings.checked);
        self.count("checked after writes", findings.checked_writes);
        self.count("born meanwhile", findings.born_meanwhile);
        self.count("late", findings.late);
        for cache in caches {
            let total = cache.stats().total;
            self.count("hits", total.hits);
            self.count("local hits", total.local_hits);
            self.count("shared", total.shared);
            self.count("stale", total.stale);
            self.count("misses", total.misses);
            self.count("bypasses", total.bypasses);
            self.count("overtaken", total.overtaken);
            self.count("undecodable", total.undecodable);
        }
        self.count_events(world);
        self.wrong_answers += u64::from(!findings.violations.is_empty());
        let problems: Vec<String> = findings.violations.into_iter().chain(problem).collect();
        if problems.is_empty() {
            return;
        }
        self.violated += 1;
        if self.violations.len() < SHOWN {
            let (plan, history, problems) = (&world.plan, &world.history, problems.join("\n"));
            self.violations.push(format!("SCHEDULE_SEED={seed}\n{plan:?}\n{history}{problems}\n"));
        }
    }

    fn count_events(&mut self, world: &World) {
        for (_, event) in world.history.events() {
            match event {
                Event::Answered(action, _, _) if action.deed == Deed::Get => self.count("got", 1),
                Event::Returned(action, _) if action.deed == Deed::Get => {}
                Event::Answered(_, answer, outcome) => {
                    self.count("calls", 1);
                    self.count("errors", u64::from(answer.is_err()));
                    let is_shared = outcome == cached_runtime::Outcome::Shared;
                    self.count("shared errors", u64::from(answer.is_err() && is_shared));
                }
                Event::Cancelled(_) => self.count("cancelled", 1),
                Event::Panicked(_) => self.count("panicked", 1),
                Event::Returned(action, true) if action.deed == Deed::Expire => {
                    self.count("expiries", 1);
                }
                Event::Returned(action, true) if action.deed == Deed::Put => self.count("puts", 1),
                Event::Returned(action, true) => {
                    let is_of_tag =
                        matches!(action.deed, Deed::InvalidateTag(_) | Deed::InvalidateTags);
                    self.count("tags invalidated", is_of_tag.into());
                    self.count("invalidations", 1);
                }
                Event::Returned(_, false) => self.count("failed invalidations", 1),
                Event::Wrote(_, true) => self.count("writes", 1),
                Event::Wrote(_, false) => self.count("failed writes", 1),
                Event::Killed(action) => {
                    let is_crash = matches!(
                        action.deed,
                        Deed::Write(_, Fate::Stops(Stop::Dies, When::AfterCommit))
                    );
                    self.count("killed after a commit", is_crash.into());
                    self.count("killed", 1);
                }
                Event::Process(_, Deed::Away(_)) => self.count("outages", 1),
                Event::Told(..) => self.count("told", 1),
                Event::Process(..)
                | Event::Committed(..)
                | Event::Begins(_)
                | Event::Body(_)
                | Event::Sent(..)
                | Event::Did(..) => {}
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (name, count) in other.counts {
            self.count(name, count);
        }
        self.violated += other.violated;
        self.wrong_answers += other.wrong_answers;
        self.violations.extend(other.violations);
        self.violations.truncate(SHOWN);
    }

    /// Schedules with an answer that must not be, and not merely ones that have hung.
    pub(crate) fn wrong_answers(&self) -> u64 {
        self.wrong_answers
    }

    pub(crate) fn assert_sound(&self) {
        let shown = self.violations.join("\n");
        assert_eq!(
            self.violated, 0,
            "schedules with violations, of which these are some:\n\n{shown}"
        );
    }

    /// All that makes a schedule interesting has occurred.
    pub(crate) fn assert_complete(&self) {
        for name in INTERESTING {
            assert!(self.counts.get(name).is_some_and(|count| *count > 0), "no {name}: {self}");
        }
    }

    fn count(&mut self, name: &'static str, more: u64) {
        *self.counts.entry(name).or_default() += more;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} violated", self.violated)?;
        for (name, count) in &self.counts {
            write!(f, ", {count} {name}")?;
        }
        Ok(())
    }
}
