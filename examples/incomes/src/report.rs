//! Calls, summed up.

use std::time::Duration;

use cached_runtime::Outcome;

use crate::load::Call;
use crate::world::Answer;

/// What is told of some calls.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Summary {
    pub(crate) calls: usize,
    pub(crate) failed: usize,
    pub(crate) wrong: usize,
    pub(crate) hits: usize,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

impl Summary {
    pub(crate) fn of(calls: &[Call]) -> Self {
        let count = |answer| calls.iter().filter(|call| call.answer == answer).count();
        let mut took: Vec<_> = calls.iter().map(|call| call.took).collect();
        took.sort_unstable();
        let percentile = |p| took.get(took.len().saturating_sub(1) * p / 100).copied();
        Self {
            calls: calls.len(),
            failed: count(Answer::Failed),
            wrong: count(Answer::Wrong),
            hits: count(Answer::Right(Outcome::Hit)),
            p50: percentile(50).unwrap_or_default(),
            p99: percentile(99).unwrap_or_default(),
        }
    }

    /// Hits among the calls, such as `97.3%`.
    pub(crate) fn hit_rate(&self) -> String {
        let percent = 100.0 * self.hits as f64 / self.calls.max(1) as f64;
        format!("{percent:.1}%")
    }
}

/// A time in milliseconds, such as `0.52 ms`.
pub(crate) fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_no_trouble() {
        assert_eq!(Summary::of(&[]), Summary::default());
        assert_eq!(Summary::default().hit_rate(), "0.0%");
    }

    #[test]
    fn each_answer_is_counted() {
        let answers = [Answer::Right(Outcome::Hit), Answer::Right(Outcome::Miss), Answer::Failed];
        let calls: Vec<_> = (0..300)
            .map(|n| Call { took: Duration::from_millis(n), answer: answers[n as usize % 3] })
            .collect();
        let summary = Summary::of(&calls);
        assert_eq!((summary.calls, summary.hits, summary.failed), (300, 100, 100));
        assert_eq!(summary.hit_rate(), "33.3%");
        assert_eq!(
            (millis(summary.p50), millis(summary.p99)),
            ("149.00 ms".into(), "296.00 ms".into())
        );
    }
}
