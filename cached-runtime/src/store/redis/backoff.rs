//! Waits between tries to reach the server: exponential, with jitter, so that the processes of a fleet do not come
//! back in lockstep ("Exponential Backoff And Jitter", Marc Brooker, AWS Architecture Blog, 2015).

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(50);

/// Hits are to be back within two seconds of the server being back: the longest wait, and a try of a second that
/// was under way and came to nothing, must fit.
const LONGEST: Duration = Duration::from_millis(500);

pub(super) struct Backoff(Duration);

impl Backoff {
    pub(super) fn new() -> Self {
        Self(FIRST)
    }

    /// The next wait: between half of it and all of it at random, and twice as long each time.
    pub(super) fn next(&mut self) -> Duration {
        let wait = self.0;
        self.0 = (wait * 2).min(LONGEST);
        wait.mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}

#[test]
fn waits_grow_to_the_longest_and_spread() {
    let mut backoff = Backoff::new();
    let waits: Vec<_> = (0..20).map(|_| backoff.next()).collect();
    assert!((FIRST / 2..=FIRST).contains(&waits[0]));
    assert!(waits[10..].iter().all(|wait| (LONGEST / 2..=LONGEST).contains(wait)));
    assert!(waits[10..].windows(2).any(|pair| pair[0] != pair[1]));
}
