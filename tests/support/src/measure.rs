//! Times of calls.

use std::fmt;
use std::time::{Duration, Instant};

/// Measured times, in order.
#[derive(Clone, Debug)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Takes measured times, in any order.
    ///
    /// # Panics
    ///
    /// When there are none.
    pub fn new(mut times: Vec<Duration>) -> Self {
        assert!(!times.is_empty(), "nothing was measured");
        times.sort_unstable();
        Self(times)
    }

    /// Calls `run` that often, one after the other, and measures each; it is told its number.
    pub async fn of<F: Future>(calls: u64, mut run: impl FnMut(u64) -> F) -> Self {
        let mut times = Vec::new();
        for call in 0..calls {
            let start = Instant::now();
            run(call).await;
            times.push(start.elapsed());
        }
        Self::new(times)
    }

    /// Half of the calls were quicker.
    pub fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// That share of the calls, in percent, was at most as slow.
    pub fn percentile(&self, percent: usize) -> Duration {
        self.0[(self.0.len() - 1) * percent / 100]
    }

    /// The slowest call.
    pub fn max(&self) -> Duration {
        self.percentile(100)
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (median, p99, max) = (self.median(), self.percentile(99), self.max());
        write!(f, "{} calls: median {median:?}, p99 {p99:?}, max {max:?}", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_times() {
        let times = Times::new((0..=100).rev().map(Duration::from_millis).collect());
        assert_eq!(times.median(), Duration::from_millis(50));
        assert_eq!(times.percentile(99), Duration::from_millis(99));
        assert_eq!(times.max(), Duration::from_millis(100));
    }
}
