//! How long to wait, and longer each time ("Exponential Backoff And Jitter", Marc Brooker, AWS Architecture Blog, 2015).

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

/// What the first one to be ready returns; the other is dropped.
pub(super) async fn first<V>(one: impl Future<Output = V>, other: impl Future<Output = V>) -> V {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let polled = poll_fn(|context| match one.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(value),
        Poll::Pending => other.as_mut().poll(context),
    });
    polled.await
}

/// The pauses before a record is tried again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backoff {
    pub(super) first: Duration,
    pub(super) longest: Duration,
}

impl Backoff {
    /// After it has failed so many times.
    pub(super) fn after(self, failures: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        jittered(self.first.saturating_mul(doubled).min(self.longest))
    }
}

/// Pauses between looks at something that is idle, or that fails.
#[derive(Debug)]
pub(super) struct Pause {
    next: Duration,
    longest: Duration,
}

impl Pause {
    const SHORTEST: Duration = Duration::from_millis(5);

    pub(super) fn up_to(longest: Duration) -> Self {
        Self { next: Self::SHORTEST.min(longest), longest }
    }

    /// Between half of it and all of it, and twice as long each time.
    pub(super) fn next(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(self.longest);
        jittered(pause)
    }

    /// Something has happened: the next pauses are short again.
    pub(super) fn start_over(&mut self) {
        *self = Self::up_to(self.longest);
    }
}

fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(0.5 + fastrand::f64() / 2.0)
}

#[test]
fn pauses_grow_to_the_longest() {
    let ms = Duration::from_millis;
    let backoff = Backoff { first: ms(200), longest: ms(1000) };
    for (failures, most) in [(1, 200), (2, 400), (3, 800), (4, 1000), (u32::MAX, 1000)] {
        let pause = backoff.after(failures);
        assert!((ms(most / 2)..=ms(most)).contains(&pause), "{failures}: {pause:?}");
    }
    let mut pause = Pause::up_to(ms(100));
    let pauses: Vec<_> = (0..10).map(|_| pause.next()).collect();
    assert!(pauses[0] <= ms(5) && (ms(50)..=ms(100)).contains(&pauses[9]), "{pauses:?}");
    pause.start_over();
    assert!(pause.next() <= ms(5));
}
