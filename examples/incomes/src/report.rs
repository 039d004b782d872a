//! Calls, summed up.

use std::error::Error;
use std::time::Duration;

use cached_runtime::Outcome;

use crate::load::Call;
use crate::world::Answer;

/// What is told of some calls.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Summary {
    pub(crate) calls: u32,
    pub(crate) failed: u32,
    pub(crate) wrong: u32,
    pub(crate) hits: u32,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

impl Summary {
    pub(crate) fn of(calls: &[Call]) -> Self {
        let answered = |answer| count(calls.iter().filter(|call| call.answer == answer));
        let mut took: Vec<_> = calls.iter().map(|call| call.took).collect();
        took.sort_unstable();
        let percentile = |p| took.get(took.len().saturating_sub(1) * p / 100).copied();
        Self {
            calls: count(calls.iter()),
            failed: answered(Answer::Failed),
            wrong: answered(Answer::Wrong),
            hits: answered(Answer::Right(Outcome::Hit)),
            p50: percentile(50).unwrap_or_default(),
            p99: percentile(99).unwrap_or_default(),
        }
    }

    /// Hits among the calls, such as `97.3%`.
    pub(crate) fn hit_rate(&self) -> String {
        let percent = 100.0 * f64::from(self.hits) / f64::from(self.calls.max(1));
        format!("{percent:.1}%")
    }
}

fn count(calls: impl Iterator) -> u32 {
    u32::try_from(calls.count()).expect("a run ends before its four billionth call")
}

/// A time in milliseconds, such as `0.52 ms`.
pub(crate) fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

/// The last line, and an error if a call did not get what it should have.
pub(crate) fn verdict(failed: u32, wrong: u32) -> Result<(), Box<dyn Error>> {
    println!("\nfailed calls: {failed}, wrong results: {wrong}");
    if failed + wrong == 0 { Ok(()) } else { Err("a call failed, or got wrong results".into()) }
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
        let calls = (0..300).map(Duration::from_millis).zip(answers.into_iter().cycle());
        let calls: Vec<_> = calls.map(|(took, answer)| Call { took, answer }).collect();
        let summary = Summary::of(&calls);
        assert_eq!((summary.calls, summary.hits, summary.failed), (300, 100, 100));
        assert_eq!(summary.hit_rate(), "33.3%");
        assert_eq!(
            (millis(summary.p50), millis(summary.p99)),
            ("149.00 ms".into(), "296.00 ms".into())
        );
    }
}
