//! When kept values end.

use std::time::Duration;

use tokio::time::Instant;

use crate::clock::Tick;

/// A moment, on the clock that is right for it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Moment {
    /// On the cheap clock.
    Tick(Tick),
    /// On Tokio's, as it was paused: a test makes its own time.
    OfTest(Instant),
}

impl Moment {
    pub(crate) fn now() -> Self {
        if is_paused() { Self::OfTest(Instant::now()) } else { Self::Tick(Tick::now()) }
    }

    /// No later than when `time` has passed since; `None` if that is too short to tell.
    pub(crate) fn in_time(self, time: Duration) -> Option<Self> {
        match self {
            Self::Tick(tick) => Some(tick.and(time)).filter(|end| *end > tick).map(Self::Tick),
            Self::OfTest(instant) => {
                let end = instant.checked_add(time).map_or(Self::Tick(Tick::NEVER), Self::OfTest);
                (!time.is_zero()).then_some(end)
            }
        }
    }

    #[inline]
    pub(super) fn is_over(self, now: Tick) -> bool {
        match self {
            Self::Tick(tick) => tick <= now,
            Self::OfTest(instant) => instant <= Instant::now(),
        }
    }
}

/// Whether Tokio's clock stands still. Else it moves on between some readings.
fn is_paused() -> bool {
    const READINGS: u32 = 16;
    let now = Instant::now();
    (0..READINGS).all(|_| Instant::now() == now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_paused_clock_is_followed() {
        let end = Moment::now().in_time(Duration::from_secs(60)).unwrap();
        assert!(!end.is_over(Tick::NEVER));
        tokio::time::advance(Duration::from_secs(59)).await;
        assert!(!end.is_over(Tick::NEVER));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(end.is_over(Tick::PAST));
    }

    #[tokio::test]
    async fn a_clock_that_runs_is_not_asked() {
        let end = Moment::now().in_time(Duration::from_secs(60)).unwrap();
        assert!(matches!(end, Moment::Tick(_)) && !end.is_over(Tick::now()));
        assert!(end.is_over(Tick::NEVER));
    }
}
