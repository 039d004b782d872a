//! Several steps at a time: they share a connection, and go to the server together.

use std::future::poll_fn;
use std::task::Poll;

use super::Step;
use crate::Error;

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
