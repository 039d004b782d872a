//! Redis in trouble: no call fails, results are right, calls stay quick, and hits come back.
//!
//! Each test has a real server of its own behind a proxy. `--nocapture` shows the figures.

mod connections;
mod crowd;
mod events;
mod fills;
mod invalidations;
mod locks;
mod outages;
mod rights;
mod runtimes;
mod scripts;
mod secrets;
mod servers;
mod steps;
#[cfg(feature = "tls")]
mod tls;
mod tracking;
mod values;
mod world;

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The memory that this process has asked for and not given back, in bytes. What the system counts as resident also
/// has what the allocator keeps for later, which depends on how the threads of a run take turns.
fn allocated_bytes() -> u64 {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated.saturating_sub(stats.bytes_deallocated) as u64
}
