//! Slots whose invalidation failed. This process reads around them until it has gone through: what they hold may be
//! out of date, and their user was told so by an error, but the other callers were not.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

mod settle;

pub(super) use settle::settle;

use crate::duty::Duty;

/// Names that are remembered one by one, some 10 MB. Beyond, all entries of the functions concerned are in doubt.
const MOST: usize = 100_000;

#[derive(Default)]
pub(super) struct Doubts {
    /// Spares calls the lock while there are none.
    any: AtomicBool,
    doubted: Mutex<Doubted>,
    /// Settling them.
    settling: Duty,
}

#[derive(Default)]
struct Doubted {
    /// By name, the number of the doubt: a later one about the same name is another.
    slots: HashMap<String, u64>,
    prefixes: HashMap<String, u64>,
    last: u64,
}

/// One doubt, from the start of an invalidation until it has gone through.
pub(super) struct Doubt {
    subject: Subject,
    number: u64,
}

enum Subject {
    Slot(String),
    Prefix(String),
}

impl Doubts {
    /// From now on what is in `slot` is in doubt. Where there are too many already, all slots of its `group` are:
    /// those whose names start with it.
    pub(super) fn add_slot(&self, slot: &str, group: &str) -> Doubt {
        let mut doubted = self.lock();
        let subject = if doubted.slots.len() < MOST || doubted.slots.contains_key(slot) {
            Subject::Slot(slot.to_owned())
        } else {
            Subject::Prefix(group.to_owned())
        };
        self.add(&mut doubted, subject)
    }

    /// From now on all slots whose names start with `prefix` are in doubt.
    pub(super) fn add_prefix(&self, prefix: &str) -> Doubt {
        self.add(&mut self.lock(), Subject::Prefix(prefix.to_owned()))
    }

    fn add(&self, doubted: &mut Doubted, subject: Subject) -> Doubt {
        doubted.last += 1;
        let number = doubted.last;
        match &subject {
            Subject::Slot(slot) => doubted.slots.insert(slot.clone(), number),
            Subject::Prefix(prefix) => doubted.prefixes.insert(prefix.clone(), number),
        };
        self.any.store(true, Ordering::Release);
        Doubt { subject, number }
    }

    /// Whether what is in `slot` may be out of date.
    pub(super) fn about(&self, slot: &str) -> bool {
        self.any() && {
            let doubted = self.lock();
            doubted.slots.contains_key(slot)
                || doubted.prefixes.keys().any(|prefix| slot.starts_with(prefix))
        }
    }

    pub(super) fn any(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// Some of them.
    fn some(&self) -> Vec<Doubt> {
        const BATCH: usize = 1000;
        let doubted = self.lock();
        let prefixes = doubted.prefixes.iter().map(|(it, n)| (Subject::Prefix(it.clone()), *n));
        let slots = doubted.slots.iter().map(|(it, n)| (Subject::Slot(it.clone()), *n));
        let all = prefixes.chain(slots).map(|(subject, number)| Doubt { subject, number });
        all.take(BATCH).collect()
    }

    /// Takes this doubt back, and no later one about the same: what settled it may have come before the later one.
    pub(super) fn remove(&self, doubt: &Doubt) {
        let mut doubted = self.lock();
        let (map, name) = match &doubt.subject {
            Subject::Slot(slot) => (&mut doubted.slots, slot),
            Subject::Prefix(prefix) => (&mut doubted.prefixes, prefix),
        };
        if map.get(name) == Some(&doubt.number) {
            map.remove(name);
        }
        let any = !(doubted.slots.is_empty() && doubted.prefixes.is_empty());
        self.any.store(any, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, Doubted> {
        self.doubted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_is_taken_back_by_itself_only() {
        let doubts = Doubts::default();
        assert!(!doubts.about("t:a"));
        let first = doubts.add_slot("t:a", "t:");
        let second = doubts.add_slot("t:a", "t:");
        doubts.remove(&first);
        assert!(doubts.about("t:a") && !doubts.about("t:b"), "the second one is still open");
        doubts.remove(&second);
        assert!(!doubts.about("t:a") && !doubts.any());
    }

    #[test]
    fn beyond_the_bound_the_function_is_in_doubt() {
        let doubts = Doubts::default();
        (0..=MOST).for_each(|n| drop(doubts.add_slot(&format!("t:f:{n}"), "t:f")));
        assert!(doubts.about("t:f:anything") && !doubts.about("t:g:0"));
        assert_eq!(doubts.lock().slots.len(), MOST);
    }

    #[test]
    fn a_prefix_is_about_all_that_starts_with_it() {
        let doubts = Doubts::default();
        doubts.add_prefix("t:user:");
        assert!(doubts.about("t:user:1") && !doubts.about("t:users:1"));
    }
}
