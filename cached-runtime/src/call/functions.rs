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
    attributes: Vec<Attribute>,
}

/// One attribute: the first of its statics that was used, then the other one.
struct Attribute {
    function: &'static Function,
    other: Option<&'static Function>,
    known: Arc<Known>,
}

impl Functions {
    #[inline]
    pub(crate) fn of(&self, function: &'static Function) -> KnownRef {
        function.known(self.number, || self.look_up(function))
    }

    /// As `of(function).counters.local_hits.count()`, which is slower than the rest of such a hit.
    #[inline(always)]
    pub(crate) fn count_local_hit(&self, function: &'static Function) {
        match function.known_first(self.number) {
            Some(known) => known.counters.local_hits.count(),
            None => self.count_later_local_hit(function),
        }
    }

    #[inline(never)]
    fn count_later_local_hit(&self, function: &'static Function) {
        self.of(function).counters.local_hits.count();
    }

    pub(crate) fn stats(&self) -> Stats {
        let registry = self.registry.read().unwrap_or_else(PoisonError::into_inner);
        let mut stats = Stats::default();
        for Attribute { known, .. } in &registry.attributes {
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
        // Between the two locks another thread may have added it: a second time, it would clash with itself.
        if let Some(known) = registry.by_address.get(&address) {
            return Arc::clone(known);
        }
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
        let alike = |attribute: &&mut Attribute| attribute.function.meets(function);
        let clash = self.attributes.iter_mut().find(alike).map(|first| first.function.location());
        let own = self.attributes.iter_mut().filter(alike).find(|it| it.takes(function));
        let known = if let Some(attribute) = own {
            attribute.other = Some(function);
            Arc::clone(&attribute.known)
        } else {
            let known = Arc::new(Known {
                path: function.path(),
                counters: Counters::default(),
                clash: clash.map(|location| location.to_string()),
            });
            self.attributes.push(Attribute { function, other: None, known: Arc::clone(&known) });
            known
        };
        self.by_address.insert(address, Arc::clone(&known));
        known
    }
}

impl Attribute {
    /// Whether `function` is the other static of this attribute: that of the entry function, or of the function.
    ///
    /// The place alone does not tell: a macro can write two functions of one path at one place.
    fn takes(&self, function: &Function) -> bool {
        self.other.is_none()
            && self.function.location() == function.location()
            && self.function.is_companion() != function.is_companion()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread::scope;

    use super::*;
    use crate::key::KeyBuilder;

    static FUNCTION: Function = Function::new("function", "", "", file!(), line!(), column!());

    /// Threads that call a function for the first time at once. The first cache of a function is looked up by one
    /// thread for all of them, so it takes caches that come later.
    #[test]
    fn a_function_that_many_threads_call_first_does_not_clash_with_itself() {
        const THREADS: usize = 4;
        let _ = KeyBuilder::new(&FUNCTION, "tests::function".into()).finish();
        let _ = Functions::default().of(&FUNCTION);
        for _ in 0..300 {
            let functions = Functions::default();
            let together = Barrier::new(THREADS);
            scope(|threads| {
                for _ in 0..THREADS {
                    threads.spawn(|| {
                        together.wait();
                        assert_eq!(functions.of(&FUNCTION).clash, None);
                    });
                }
            });
            assert_eq!(functions.stats().functions.len(), 1);
        }
    }
}
