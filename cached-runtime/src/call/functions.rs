//! The functions that have used a cache, with what was counted for each.

use std::collections::HashMap;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::key::Function;
use crate::observe::{Counters, Counts, Known, KnownRef, Stats};

pub(crate) struct Functions {
    /// Unlike an address, never used again.
    number: u64,
    registry: RwLock<Registry>,
}

#[derive(Default)]
struct Registry {
    /// By the address of the attribute's static: a function and its `entry` each have one.
    by_address: HashMap<usize, Arc<Known>>,
    known: Vec<(&'static Function, Arc<Known>)>,
}

impl Functions {
    pub(crate) fn of(&self, function: &'static Function) -> KnownRef {
        function.known(self.number, || self.look_up(function))
    }

    pub(crate) fn stats(&self) -> Stats {
        let registry = self.registry.read().unwrap_or_else(PoisonError::into_inner);
        let mut stats = Stats::default();
        for (_, known) in &registry.known {
            let counts: Counts = known.counters.counts();
            stats.total.add(&counts);
            stats.functions.push((known.path.to_owned(), counts));
        }
        stats.functions.sort_by(|(a, _), (b, _)| a.cmp(b));
        stats
    }

    fn look_up(&self, function: &'static Function) -> Arc<Known> {
        let address = ptr::from_ref(function).addr();
        let registry = self.registry.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = registry.by_address.get(&address) {
            return Arc::clone(known);
        }
        drop(registry);
        let mut registry = self.registry.write().unwrap_or_else(PoisonError::into_inner);
        registry.add(address, function)
    }
}

impl Default for Functions {
    fn default() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self { number, registry: RwLock::default() }
    }
}

impl Registry {
    fn add(&mut self, address: usize, function: &'static Function) -> Arc<Known> {
        let alike = || self.known.iter().filter(|(other, _)| other.meets(function));
        let same = alike().find(|(other, _)| other.location() == function.location());
        let known = if let Some((_, known)) = same {
            Arc::clone(known)
        } else {
            let clash = alike().next().map(|(first, _)| first.location().to_string());
            let path = function.path();
            let known = Arc::new(Known { path, counters: Counters::default(), clash });
            self.known.push((function, Arc::clone(&known)));
            known
        };
        self.by_address.insert(address, Arc::clone(&known));
        known
    }
}
