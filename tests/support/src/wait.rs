//! Polling for what happens in its own time.

use std::fmt::Display;
use std::panic::Location;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(5);

/// What a condition may answer: a `bool`, or a `Result` whose error says what is still missing.
pub trait Verdict {
    /// What [`eventually`] returns once the condition holds.
    type Value;

    /// The value, or why there is none yet.
    ///
    /// # Errors
    ///
    /// While the condition doesn't hold.
    fn verdict(self) -> Result<Self::Value, String>;
}

impl Verdict for bool {
    type Value = ();

    fn verdict(self) -> Result<(), String> {
        if self { Ok(()) } else { Err("the condition is still false".into()) }
    }
}

impl<T, E: Display> Verdict for Result<T, E> {
    type Value = T;

    fn verdict(self) -> Result<T, String> {
        self.map_err(|error| error.to_string())
    }
}

/// Asks again and again until the condition holds, and answers its value.
///
/// A condition that is under way when the time is up may finish, so that a slow machine isn't
/// taken for a false condition.
///
/// # Panics
///
/// When the condition doesn't hold `within` that time; the message says where and why.
#[track_caller]
pub fn eventually<V: Verdict, F: Future<Output = V>>(
    within: Duration,
    mut condition: impl FnMut() -> F,
) -> impl Future<Output = V::Value> {
    let caller = Location::caller();
    async move {
        let start = Instant::now();
        loop {
            match condition().await.verdict() {
                Ok(value) => return value,
                Err(why) if start.elapsed() >= within => {
                    panic!("not within {within:?}, at {caller}: {why}")
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_condition_is_asked_until_it_holds() {
        let mut asked = 0;
        let value = eventually(Duration::from_secs(5), || {
            asked += 1;
            let answer = if asked < 3 { Err("too early") } else { Ok(asked) };
            async move { answer }
        });
        assert_eq!(value.await, 3);
    }

    #[tokio::test]
    #[should_panic(expected = "not within 20ms, at tests/support/src/wait.rs")]
    async fn the_panic_says_where() {
        eventually(Duration::from_millis(20), || async { false }).await;
    }
}
