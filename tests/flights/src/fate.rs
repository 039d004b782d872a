//! What befalls calls from outside: cancellation, panics, time.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use shuttle::future::yield_now;

/// When a call is cancelled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cancel {
    /// So often it is polled.
    pub(crate) polls: u32,
    /// So long it then stays as it is, and may be told things that it does not learn any more.
    pub(crate) linger: u32,
}

/// `None` if it was cancelled.
pub(crate) async fn cancelled<T>(cancel: Cancel, call: impl Future<Output = T>) -> Option<T> {
    let mut call = Box::pin(call);
    let mut polls = 0;
    let done = poll_fn(|context| {
        if let Poll::Ready(done) = call.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        polls += 1;
        if polls > cancel.polls { Poll::Ready(None) } else { Poll::Pending }
    });
    let done = done.await;
    if done.is_none() {
        yields(cancel.linger).await;
    }
    // Here it is dropped, wherever it stands.
    done
}

/// `None` if it panicked. What it held is dropped while the panic unwinds its stack.
pub(crate) async fn caught<T>(call: impl Future<Output = T>) -> Option<T> {
    let mut call = pin!(call);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(context))) {
        Ok(polled) => polled.map(Some),
        Err(panic) if panic.is::<Thrown>() => Poll::Ready(None),
        Err(panic) => std::panic::resume_unwind(panic),
    })
    .await
}

/// A panic that is part of the schedule, and not a failure of the test.
struct Thrown;

/// Panics without the hook, which would report a failure.
pub(crate) fn throw() -> ! {
    std::panic::resume_unwind(Box::new(Thrown))
}

pub(crate) async fn yields(times: u32) {
    for _ in 0..times {
        yield_now().await;
    }
}

/// `None` if it took too long.
pub(crate) async fn within<T>(time: u32, future: impl Future<Output = T>) -> Option<T> {
    let (mut future, mut timer) = (pin!(future), pin!(yields(time)));
    poll_fn(|context| {
        if let Poll::Ready(done) = future.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        timer.as_mut().poll(context).map(|()| None)
    })
    .await
}
