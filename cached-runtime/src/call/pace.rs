//! The pauses between two looks at a slot that somebody else fills.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(2);

const LONGEST: Duration = Duration::from_millis(50);

/// The pause before the next look, after `vain` of them: twice as long each time, with jitter, so that processes that
/// began together do not look together.
pub(crate) fn pause(vain: u32) -> Duration {
    let pause = FIRST.saturating_mul(1 << vain.saturating_sub(1).min(8)).min(LONGEST);
    pause.mul_f64(0.8 + fastrand::f64() / 5.0)
}

#[test]
fn from_two_milliseconds_to_fifty() {
    for (vain, millis) in [(1, 2), (2, 4), (5, 32), (6, 50), (7, 50), (u32::MAX, 50)] {
        let (pause, most) = (pause(vain), Duration::from_millis(millis));
        assert!(pause <= most && pause >= most * 4 / 5, "{vain}: {pause:?}");
    }
    let in_a_fifth_of_a_second = (1..).scan(Duration::ZERO, |at, vain| {
        *at += pause(vain);
        Some(*at)
    });
    assert!(in_a_fifth_of_a_second.take_while(|at| at.as_millis() <= 200).count() <= 10);
}
