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
    slots: HashMap<String, State>,
    prefixes: HashMap<String, State>,
    last: u64,
}

struct State {
    /// A later doubt about the same name is another.
    number: u64,
    /// The invalidation is under way, and nobody else need see to it.
    is_held: bool,
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
    /// those whose names start with it. A slot without a group is always remembered by itself.
    pub(super) fn add_slot(&self, slot: &str, group: Option<&str>) -> Doubt {
        let mut doubted = self.lock();
        let has_room = doubted.slots.len() < MOST || doubted.slots.contains_key(slot);
        let subject = match group {
            Some(group) if !has_room => Subject::Prefix(group.to_owned()),
            _ => Subject::Slot(slot.to_owned()),
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
        let state = State { number, is_held: true };
        match &subject {
            Subject::Slot(slot) => doubted.slots.insert(slot.clone(), state),
            Subject::Prefix(prefix) => doubted.prefixes.insert(prefix.clone(), state),
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

    /// Some of those that the background task is to see to.
    fn some(&self) -> Vec<Doubt> {
        // Small enough that calls, which share the connection, hardly wait for it.
        const BATCH: usize = 100;
        let doubted = self.lock();
        let prefixes = doubted.prefixes.iter().map(|(it, state)| (it, state, true));
        let slots = doubted.slots.iter().map(|(it, state)| (it, state, false));
        let free = prefixes.chain(slots).filter(|(_, state, _)| !state.is_held);
        free.take(BATCH)
            .map(|(name, state, is_prefix)| {
                let wrap = if is_prefix { Subject::Prefix } else { Subject::Slot };
                Doubt { subject: wrap(name.clone()), number: state.number }
            })
            .collect()
    }

    /// Takes this doubt back, and no later one about the same: what settled it may have come before the later one.
    pub(super) fn remove(&self, doubt: &Doubt) {
        let mut doubted = self.lock();
        let (map, name) = doubted.place(&doubt.subject);
        if map.get(name).is_some_and(|state| state.number == doubt.number) {
            map.remove(name);
        }
        let any = !(doubted.slots.is_empty() && doubted.prefixes.is_empty());
        self.any.store(any, Ordering::Release);
    }

    /// Leaves this doubt to the background task.
    pub(super) fn release(&self, doubt: &Doubt) {
        let mut doubted = self.lock();
        let (map, name) = doubted.place(&doubt.subject);
        if let Some(state) = map.get_mut(name).filter(|state| state.number == doubt.number) {
            state.is_held = false;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Doubted> {
        self.doubted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Doubted {
    fn place<'a>(&mut self, subject: &'a Subject) -> (&mut HashMap<String, State>, &'a str) {
        match subject {
            Subject::Slot(slot) => (&mut self.slots, slot),
            Subject::Prefix(prefix) => (&mut self.prefixes, prefix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_is_taken_back_by_itself_only() {
        let doubts = Doubts::default();
        assert!(!doubts.about("t:a"));
        let first = doubts.add_slot("t:a", Some("t:"));
        let second = doubts.add_slot("t:a", Some("t:"));
        doubts.remove(&first);
        assert!(doubts.about("t:a") && !doubts.about("t:b"), "the second one is still open");
        assert!(doubts.some().is_empty(), "it is under way");
        doubts.release(&first);
        assert!(doubts.some().is_empty());
        doubts.release(&second);
        assert_eq!(doubts.some().len(), 1);
        doubts.remove(&second);
        assert!(!doubts.about("t:a") && !doubts.any());
    }

    #[test]
    fn beyond_the_bound_the_function_is_in_doubt() {
        let doubts = Doubts::default();
        (0..=MOST).for_each(|n| drop(doubts.add_slot(&format!("t:f:{n}"), Some("t:f"))));
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
