//! The user's function: its types erased, its panics caught.

use std::any::Any;
use std::fmt::Display;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;

use crate::Cache;
use crate::write_behind::Batch;

/// `Err` says what went wrong.
pub(super) type Function<T> =
    Arc<dyn Fn(Batch<T>) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync>;

pub(super) fn erased<T, F, Fut, E>(cache: Cache, function: F) -> Function<T>
where
    T: Send + 'static,
    F: Fn(Batch<T>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
    E: Display,
{
    let function = Arc::new(function);
    Arc::new(move |batch| {
        let function = Arc::clone(&function);
        // `{:#}` has some errors tell of those behind them.
        let run = async move { function(batch).await.map_err(|error| format!("{error:#}")) };
        Box::pin(cache.scope(caught(run)))
    })
}

async fn caught(run: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    let mut run = pin!(run);
    // The future is not touched again after a panic, and the batch is its own.
    let polled = poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| run.as_mut().poll(context)))
            .unwrap_or_else(|panic| std::task::Poll::Ready(Err(told("the function", &*panic))))
    });
    polled.await
}

/// What panicked, and what it said.
pub(super) fn told(what: &str, panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    match text.or_else(|| panic.downcast_ref::<&str>().copied()) {
        Some(text) => format!("{what} panicked: {text}"),
        None => format!("{what} panicked"),
    }
}

#[cfg(test)]
#[tokio::test]
async fn panics_are_errors_that_tell_what_they_were() {
    let cache = Cache::in_memory();
    let batch = || Batch::from_iter([("key".to_owned(), 1_u8)]);
    let before: Function<u8> =
        erased(cache.clone(), |_| -> std::future::Ready<Result<(), String>> {
            panic!("before {}", 1)
        });
    assert_eq!(before(batch()).await.unwrap_err(), "the function panicked: before 1");
    let within: Function<u8> = erased(cache.clone(), |batch: Batch<u8>| async move {
        tokio::task::yield_now().await;
        assert!(batch.is_empty(), "within");
        Ok::<_, String>(())
    });
    assert_eq!(within(batch()).await.unwrap_err(), "the function panicked: within");
    let fails: Function<u8> = erased(cache, |_| async { Err("no") });
    assert_eq!(fails(batch()).await.unwrap_err(), "no");
}
