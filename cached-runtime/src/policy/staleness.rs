//! What may be done with a value that is no longer fresh, or will soon not be (RFC 5861; XFetch: Vattani, Chierichetti
//! and Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015).

use std::time::Duration;

/// What a function's options say of stale values. Zero is off.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Staleness {
    /// After `ttl`, for how long the value is served while it is refilled in the background.
    pub(crate) while_revalidate: Duration,
    /// After `ttl`, for how long the value is served where the body fails.
    pub(crate) if_error: Duration,
    /// XFetch's beta.
    pub(crate) early: f64,
}

/// What a call may do with the value that it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Return it.
    Fresh,
    /// Return it, or refill before its time is over.
    Early,
    /// Return it, and refill in the background.
    Revalidate,
    /// Refill, and return it if that fails.
    IfError,
    /// Nothing: its time is over.
    Over,
}

impl Staleness {
    /// How long a value stays readable after `ttl`.
    pub(crate) fn window(&self) -> Duration {
        self.while_revalidate.max(self.if_error)
    }

    /// Whether a read has to tell a value's age.
    pub(crate) fn needs_age(&self) -> bool {
        !self.window().is_zero() || self.early > 0.0
    }

    /// What may be done with a value whose slot lives for `left` more, of which it is stale for the last `window`, and
    /// whose body took `cost`.
    pub(crate) fn judge(&self, left: Duration, window: Duration, cost: Duration) -> Freshness {
        if left > window {
            let fresh = left.saturating_sub(window);
            return if self.draws_early(fresh, cost) { Freshness::Early } else { Freshness::Fresh };
        }
        let stale_for = window.saturating_sub(left);
        if stale_for < self.while_revalidate {
            Freshness::Revalidate
        } else if stale_for < self.if_error {
            Freshness::IfError
        } else {
            Freshness::Over
        }
    }

    /// For how long a value that is [fresh](Freshness::Fresh) can be returned without a further judgement.
    pub(crate) fn fresh_for(&self, left: Duration, window: Duration, cost: Duration) -> Duration {
        left.saturating_sub(window).saturating_sub(self.draw(cost))
    }

    /// XFetch: with a probability that rises as the end comes near, and with the cost of the body.
    fn draws_early(&self, fresh: Duration, cost: Duration) -> bool {
        self.early > 0.0 && self.draw(cost) >= fresh
    }

    /// How long before its end a value is refilled.
    fn draw(&self, cost: Duration) -> Duration {
        if self.early == 0.0 {
            return Duration::ZERO;
        }
        // `1 - f64()` is in (0, 1], so the logarithm is finite.
        let draw = cost.as_secs_f64() * self.early * -(1.0 - fastrand::f64()).ln();
        Duration::try_from_secs_f64(draw).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn each_window_counts_from_the_end_of_freshness() {
        let staleness = Staleness { while_revalidate: MINUTE, if_error: MINUTE * 3, early: 0.0 };
        let window = staleness.window();
        assert_eq!(window, MINUTE * 3);
        let judge = |left| staleness.judge(left, window, Duration::ZERO);
        assert_eq!(judge(MINUTE * 4), Freshness::Fresh);
        assert_eq!(judge(window + Duration::from_millis(1)), Freshness::Fresh);
        assert_eq!(judge(window), Freshness::Revalidate);
        assert_eq!(judge(MINUTE * 2), Freshness::IfError);
        assert_eq!(judge(Duration::from_millis(1)), Freshness::IfError);
        assert_eq!(judge(Duration::MAX), Freshness::Fresh, "a value without an end");
    }

    #[test]
    fn a_value_that_was_stored_with_a_longer_window_keeps_to_the_one_of_now() {
        let staleness = Staleness { while_revalidate: MINUTE, ..Staleness::default() };
        assert_eq!(staleness.judge(MINUTE, MINUTE * 10, Duration::ZERO), Freshness::Over);
        assert_eq!(Staleness::default().judge(MINUTE, MINUTE, Duration::ZERO), Freshness::Over);
    }

    #[test]
    fn early_draws_follow_the_formula() {
        let staleness = Staleness { early: 1.0, ..Staleness::default() };
        let share = |fresh| {
            let is_early = || staleness.judge(fresh, Duration::ZERO, MINUTE) == Freshness::Early;
            f64::from((0..20_000).map(|_| u32::from(is_early())).sum::<u32>()) / 20_000.0
        };
        // The probability is e^(-fresh / (cost · beta)).
        for minutes in [0.1, 1.0, 3.0] {
            let (drawn, expected) = (share(MINUTE.mul_f64(minutes)), (-minutes).exp());
            assert!((drawn - expected).abs() < 0.02, "{minutes}: {drawn} {expected}");
        }
        assert_eq!(
            Staleness::default().judge(MINUTE, Duration::ZERO, MINUTE * 99),
            Freshness::Fresh
        );
    }
}
