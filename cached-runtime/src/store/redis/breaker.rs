//! A circuit breaker (Nygard, "Release It!", 2007): after a few failures in a row, calls no longer touch the server.
//!
//! There is no half-open state in which a user's call is the probe: the link's background task closes it.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Failures in a row that open it.
const FAILURES: u32 = 5;

#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: AtomicU32,
    open: AtomicBool,
}

impl Breaker {
    pub(super) fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }

    pub(super) fn succeeded(&self) {
        // A plain load first: on the way of every hit, an unconditional store would bounce a cache line.
        if self.failures.load(Ordering::Relaxed) != 0 {
            self.failures.store(0, Ordering::Relaxed);
        }
    }

    /// `true` for the failure that opened it, and for no other.
    pub(super) fn failed(&self) -> bool {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        failures >= FAILURES && !self.open.swap(true, Ordering::AcqRel)
    }

    pub(super) fn close(&self) {
        self.failures.store(0, Ordering::Relaxed);
        self.open.store(false, Ordering::Release);
    }
}

#[test]
fn it_opens_once_at_five_in_a_row() {
    let breaker = Breaker::default();
    let fail = |times| (0..times).filter(|_| breaker.failed()).count();
    assert_eq!(fail(4), 0);
    breaker.succeeded();
    assert_eq!(fail(4), 0, "a success in between starts the count again");
    assert!(!breaker.is_open());
    assert_eq!(fail(3), 1);
    assert!(breaker.is_open());
    breaker.close();
    assert!(!breaker.is_open());
    assert_eq!(fail(5), 1);
}
