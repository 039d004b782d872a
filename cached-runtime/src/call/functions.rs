//! The functions that have used a cache, with what was counted for each.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ptr;
use std::sync::{Arc, PoisonError, RwLock};

use crate::key::Function;
use crate::observe::{Counters, Counts, Stats};

/// One function, as a cache knows it.
pub(crate) struct Known {
    pub(crate) path: &'static str,
    pub(crate) counters: Counters,
    /// Where the function stands that came first and would name its entries alike. Rust allows it: two functions
    /// of one name in two blocks of one function have the same path.
    pub(crate) clash: Option<String>,
    function: &'static Function,
}

#[derive(Default)]
pub(crate) struct Functions(RwLock<Registry>);

#[derive(Default)]
struct Registry {
    /// By the address of the attribute's static: a function and its `entry` each have one.
    by_address: HashMap<usize, Arc<Known>, BuildHasherDefault<AddressHasher>>,
    known: Vec<Arc<Known>>,
}

/// One multiplication (Fibonacci hashing; Knuth, TAOCP 3, section 6.4): every call looks its function up, and nobody
/// chooses addresses to make them collide.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }

    fn write_usize(&mut self, address: usize) {
        let mixed = (self.0 ^ address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        // The table looks at the low bits as well, and the multiplication mixes upwards.
        self.0 = mixed ^ (mixed >> 32);
    }
}

impl Functions {
    pub(crate) fn of(&self, function: &'static Function) -> Arc<Known> {
        let address = ptr::from_ref(function).addr();
        let registry = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = registry.by_address.get(&address) {
            return Arc::clone(known);
        }
        drop(registry);
        self.0.write().unwrap_or_else(PoisonError::into_inner).add(address, function)
    }

    pub(crate) fn stats(&self) -> Stats {
        let registry = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut stats = Stats::default();
        for known in &registry.known {
            let counts: Counts = known.counters.counts();
            stats.total.add(&counts);
            stats.functions.push((known.path.to_owned(), counts));
        }
        stats.functions.sort_by(|(a, _), (b, _)| a.cmp(b));
        stats
    }
}

impl Registry {
    fn add(&mut self, address: usize, function: &'static Function) -> Arc<Known> {
        let same = |known: &&Arc<Known>| {
            known.function.meets(function) && known.function.location() == function.location()
        };
        let known = self.known.iter().find(same).cloned().unwrap_or_else(|| {
            let clash = self.known.iter().find(|known| known.function.meets(function));
            let clash = clash.map(|known| known.function.location().to_string());
            let path = function.path();
            let known = Arc::new(Known { path, counters: Counters::default(), clash, function });
            self.known.push(Arc::clone(&known));
            known
        });
        self.by_address.insert(address, Arc::clone(&known));
        known
    }
}
