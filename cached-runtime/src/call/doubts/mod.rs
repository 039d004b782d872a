//! Slots whose invalidation failed. This process reads around them until it has gone through: what they hold may be
//! out of date, and their user was told so by an error, but the other callers were not.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

mod settle;

pub(super) use settle::settle;

/// Names that are remembered one by one, some 10 MB. Beyond, the whole namespace is in doubt.
const MOST: usize = 100_000;

#[derive(Default)]
pub(super) struct Doubts {
    /// Spares calls the lock while there are none.
    any: AtomicBool,
    doubted: Mutex<Doubted>,
    /// Whether a task is settling them.
    settling: AtomicBool,
}

#[derive(Default)]
struct Doubted {
    /// By name, the number of the doubt: a later one about the same name is another.
    slots: HashMap<String, u64>,
    prefixes: HashMap<String, u64>,
    last: u64,
}

/// What one doubt is about.
#[derive(Clone)]
enum Subject {
    Slot(String),
    Prefix(String),
}

impl Doubts {
    pub(super) fn add_slot(&self, slot: &str, namespace: &str) {
        let mut doubted = self.lock();
        if doubted.slots.len() >= MOST {
            doubted.slots.clear();
            doubted.add(|doubted| &mut doubted.prefixes, namespace);
        } else {
            doubted.add(|doubted| &mut doubted.slots, slot);
        }
        self.any.store(true, Ordering::Release);
    }

    pub(super) fn add_prefix(&self, prefix: &str) {
        self.lock().add(|doubted| &mut doubted.prefixes, prefix);
        self.any.store(true, Ordering::Release);
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

    /// Some of them, with their numbers.
    fn some(&self) -> Vec<(Subject, u64)> {
        const BATCH: usize = 1000;
        let doubted = self.lock();
        let prefixes = doubted.prefixes.iter().map(|(it, n)| (Subject::Prefix(it.clone()), *n));
        let slots = doubted.slots.iter().map(|(it, n)| (Subject::Slot(it.clone()), *n));
        prefixes.chain(slots).take(BATCH).collect()
    }

    /// Takes back the doubt of this number, and no later one: what settled it may have come before the later one.
    fn remove(&self, subject: &Subject, number: u64) {
        let mut doubted = self.lock();
        let (map, name) = match subject {
            Subject::Slot(slot) => (&mut doubted.slots, slot),
            Subject::Prefix(prefix) => (&mut doubted.prefixes, prefix),
        };
        if map.get(name) == Some(&number) {
            map.remove(name);
        }
        let any = !(doubted.slots.is_empty() && doubted.prefixes.is_empty());
        self.any.store(any, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, Doubted> {
        self.doubted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Doubted {
    fn add(&mut self, map: impl FnOnce(&mut Self) -> &mut HashMap<String, u64>, name: &str) {
        self.last += 1;
        let number = self.last;
        map(self).insert(name.to_owned(), number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_is_taken_back_by_its_own_number_only() {
        let doubts = Doubts::default();
        assert!(!doubts.about("t:a"));
        doubts.add_slot("t:a", "t:");
        let (subject, number) = doubts.some().remove(0);
        doubts.add_slot("t:a", "t:");
        doubts.remove(&subject, number);
        assert!(doubts.about("t:a") && !doubts.about("t:b"), "the second one is still open");
        let (subject, number) = doubts.some().remove(0);
        doubts.remove(&subject, number);
        assert!(!doubts.about("t:a") && !doubts.any());
    }

    #[test]
    fn beyond_the_bound_the_namespace_is_in_doubt() {
        let doubts = Doubts::default();
        (0..=MOST).for_each(|n| doubts.add_slot(&format!("t:{n}"), "t:"));
        assert!(doubts.about("t:anything") && !doubts.about("u:0"));
        assert_eq!(doubts.some().len(), 1, "one prefix instead of {MOST} names");
    }

    #[test]
    fn a_prefix_is_about_all_that_starts_with_it() {
        let doubts = Doubts::default();
        doubts.add_prefix("t:user:");
        assert!(doubts.about("t:user:1") && !doubts.about("t:users:1"));
    }
}
