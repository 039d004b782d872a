//! The body that all memoized functions share, and how often it ran for whom: a hit is a call that ran none.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use benches::Record;
use tokio::time::sleep;

/// How long the body takes for ids from [`FIRST_SLOW`] on: a query of the usual kind.
pub(crate) const SLOW: Duration = Duration::from_millis(20);

/// The first id whose body takes [`SLOW`].
pub(crate) const FIRST_SLOW: u64 = 1 << 40;

const CELLS: usize = 64;

/// Whose function calls the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    ByHand,
    Ours,
    OursOff,
    OursPacked,
    Cached,
    CachedManager,
    Hitbox,
    HitboxJson,
    HitboxBounded,
    /// All that keep values in the process; they are measured one at a time.
    InProcess,
}

static RUNS: [[AtomicU64; CELLS]; Who::InProcess as usize + 1] =
    [const { [const { AtomicU64::new(0) }; CELLS] }; Who::InProcess as usize + 1];

/// The record of `id`, counted.
pub(crate) async fn body(who: Who, id: u64) -> Record {
    cell(who, id).fetch_add(1, Ordering::Relaxed);
    if id >= FIRST_SLOW {
        sleep(SLOW).await;
    }
    Record::new(id)
}

/// How often it ran for ids that are `id` modulo 64.
pub(crate) fn runs(who: Who, id: u64) -> u64 {
    cell(who, id).load(Ordering::Relaxed)
}

/// Prints how many bodies have run since it was made, if any did: then not all that was measured were hits.
pub(crate) struct HitsOnly(u64);

impl HitsOnly {
    pub(crate) fn from_here() -> Self {
        Self(all_runs())
    }

    pub(crate) fn end(self) {
        let runs = all_runs() - self.0;
        if runs > 0 {
            println!(
                "Not all were hits: {runs} bodies ran, perhaps as the machine was too busy.\n"
            );
        }
    }
}

fn all_runs() -> u64 {
    RUNS.iter().flatten().map(|cell| cell.load(Ordering::Relaxed)).sum()
}

fn cell(who: Who, id: u64) -> &'static AtomicU64 {
    &RUNS[who as usize][usize::try_from(id).expect("64 bits") % CELLS]
}
