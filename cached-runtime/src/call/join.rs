//! Several steps at a time: they share a connection, and go to the server together.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use crate::Error;

/// A step that is taken together with others.
pub(super) type Step<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// Waits for all of them; the errors, in no order.
pub(super) async fn all(mut steps: Vec<Step<'_>>) -> Vec<Error> {
    let mut errors = Vec::new();
    poll_fn(|context| {
        steps.retain_mut(|step| match step.as_mut().poll(context) {
            Poll::Ready(done) => {
                errors.extend(done.err());
                false
            }
            Poll::Pending => true,
        });
        if steps.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    errors
}

/// Waits for all of them; the error of one that failed.
pub(super) async fn each(steps: Vec<Step<'_>>) -> Result<(), Error> {
    all(steps).await.into_iter().next().map_or(Ok(()), Err)
}
