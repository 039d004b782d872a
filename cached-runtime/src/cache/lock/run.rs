//! Work under a lock that is renewed meanwhile.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use super::Lock;
use crate::Error;
use crate::store::has_clock;

/// A lock is renewed when a third of its time has gone, which leaves two for trying again.
const PARTS: u32 = 3;

/// Between two tries, a part of the lock's time, and at most this.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

impl Lock {
    /// Runs `future` and renews the lock meanwhile, each time a third of its `ttl` has gone. When it can't be kept,
    /// `future` is dropped: it stops where it last waited.
    ///
    /// A `future` that blocks its thread keeps the lock from being renewed. It is not polled again once the lock's
    /// time is over.
    ///
    /// # Errors
    ///
    /// The lock is [lost](Error::is_lost): it is gone, or the store could not be reached until the end of its time.
    /// What `future` has done by then stays done.
    pub async fn run<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        let mut future = pin!(future);
        let mut keeping = pin!(self.keep());
        poll_fn(|cx| {
            if let Poll::Ready(error) = keeping.as_mut().poll(cx) {
                return Poll::Ready(Err(error));
            }
            // After a pause of the process, its timers may not know yet.
            if self.end().is_none_or(|end| end <= Instant::now()) {
                return Poll::Ready(Err(self.lost("its time was over before it was renewed")));
            }
            future.as_mut().poll(cx).map(Ok)
        })
        .await
    }

    /// Renews the lock again and again; why that came to its end.
    async fn keep(&self) -> Error {
        if !has_clock() {
            return Error::custom(
                "keeping a lock needs a Tokio runtime with time enabled around it",
            );
        }
        let ttl = self.target.ttl;
        let pause = (ttl / PARTS / 4).clamp(Duration::from_millis(1), LONGEST_PAUSE);
        let mut problem = None;
        while let Some(end) = self.end() {
            let now = Instant::now();
            let due = end.checked_sub(ttl.saturating_sub(ttl / PARTS)).unwrap_or(now);
            let next = if problem.is_some() { now + pause } else { due };
            sleep_until(next.min(end)).await;
            problem = match timeout_at(end, self.renew()).await {
                Ok(Ok(())) => None,
                Ok(Err(error)) if error.is_lost() => return error,
                Ok(Err(error)) => Some(error),
                Err(_) => {
                    let last =
                        problem.map_or("the store did not answer".to_owned(), |it| it.to_string());
                    return self
                        .lost(format!("its time was over before it could be renewed: {last}"));
                }
            };
        }
        self.lost("it was lost before")
    }
}
