//! A counter for what happens so often that counting would cost more than it: each thread counts in a place of its own,
//! which no other writes to, and so needs no atomic addition.

use std::array;
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Threads that have places of their own. Others share one.
const LANES: usize = 32;

/// The threads' numbers that are free again, and the next one after all that were given out.
static FREE: Mutex<(Vec<usize>, usize)> = Mutex::new((Vec::new(), 0));

/// No thread's number.
const NONE: usize = usize::MAX;

thread_local! {
    /// The thread's number, apart from what gives it back, which is slower to look at.
    static LANE: Cell<usize> = const { Cell::new(NONE) };
    static TAKEN: Taken = Taken::take();
}

/// The number of a thread, until it ends.
struct Taken(usize);

impl Taken {
    fn take() -> Self {
        let (free, next) = &mut *FREE.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = free.pop().unwrap_or_else(|| {
            *next += 1;
            *next - 1
        });
        LANE.set(lane);
        Self(lane)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        LANE.set(NONE);
        // Whoever takes it then sees, by the lock, all that was counted with it.
        FREE.lock().unwrap_or_else(PoisonError::into_inner).0.push(self.0);
    }
}

/// Counts of one kind.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    /// Made when something is first counted.
    own: OnceLock<Box<[Own; LANES]>>,
    shared: AtomicU64,
}

/// In cache lines of its own: two, as processors fetch them in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Own(AtomicU64);

impl Own {
    #[inline]
    fn count(&self) {
        self.0.store(self.0.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
}

impl Lanes {
    #[inline]
    pub(crate) fn count(&self) {
        // `LocalKey::get` is not inlined everywhere.
        let lane = LANE.try_with(Cell::get).unwrap_or(NONE);
        match self.own().get(lane) {
            Some(own) => own.count(),
            None => self.count_first(),
        }
    }

    /// Of a thread that has no number yet, or can't have one.
    #[cold]
    fn count_first(&self) {
        match TAKEN.try_with(|taken| self.own().get(taken.0)).ok().flatten() {
            Some(own) => own.count(),
            None => _ = self.shared.fetch_add(1, Ordering::Relaxed),
        }
    }

    #[inline]
    fn own(&self) -> &[Own; LANES] {
        self.own.get_or_init(|| Box::new(array::from_fn(|_| Own::default())))
    }

    pub(super) fn get(&self) -> u64 {
        let own = self.own.get().into_iter().flat_map(|own| own.iter());
        let own: u64 = own.map(|Own(count)| count.load(Ordering::Relaxed)).sum();
        own + self.shared.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use std::thread::scope;

    use super::*;

    /// More threads than lanes, and after them others that take their lanes over.
    #[test]
    fn nothing_is_lost() {
        let lanes = Lanes::default();
        for _ in 0..3 {
            scope(|threads| {
                for _ in 0..LANES + 8 {
                    threads.spawn(|| (0..1000).for_each(|_| lanes.count()));
                }
            });
        }
        assert_eq!(lanes.get(), 3 * (LANES as u64 + 8) * 1000);
    }
}
