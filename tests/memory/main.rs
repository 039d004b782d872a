//! Memory of the values that `local` keeps in the process: what they are taken for, what they take, and what a hit takes.
//!
//! The counting allocator sees all of the process. So one test measures at a time, and what is measured is the same twice in
//! a row: the thread that starts the tests allocates as well.

mod budget;
mod everywhere;
mod hits;
mod values;
mod weight;

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::sync::Mutex;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Held by the one test that measures.
static ALONE: Mutex<()> = Mutex::const_new(());

/// Memory that was asked for and not given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    bytes: usize,
    allocations: usize,
}

impl Held {
    fn now() -> Self {
        let stats = ALLOCATOR.stats();
        Self {
            bytes: stats.bytes_allocated - stats.bytes_deallocated,
            allocations: stats.allocations - stats.deallocations,
        }
    }

    /// What `make` makes, and what it holds.
    fn by<T>(make: impl Fn() -> T) -> (T, Self) {
        let once = || {
            let before = Self::now();
            let made = make();
            let after = Self::now();
            let bytes = after.bytes.wrapping_sub(before.bytes);
            let allocations = after.allocations.wrapping_sub(before.allocations);
            (made, Self { bytes, allocations })
        };
        let (_, mut last) = once();
        loop {
            let (made, held) = once();
            if held == last {
                return (made, held);
            }
            last = held;
        }
    }
}
