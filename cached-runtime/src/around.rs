//! What is set around the calls that a task makes: a cache, what is asked of them, a write that they are part of.
//!
//! Mostly nothing is. A hit in the process is so quick that to look for each of the three would take a third of it, so
//! each thread counts those that are set where it is.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::task::LocalKey;
use tokio::task::futures::TaskLocalFuture;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Whether nothing is set around a call that is made here.
#[inline]
pub(crate) fn is_nothing() -> bool {
    DEPTH.try_with(Cell::get).is_ok_and(|depth| depth == 0)
}

/// Runs `future` with `value` set in `key`.
pub(crate) fn set<T: 'static, F: Future>(
    key: &'static LocalKey<T>,
    value: T,
    future: F,
) -> Around<T, F> {
    Around { before: Before, future: key.scope(value, future), after: After }
}

pin_project! {
    /// A future around which something is set, also while it is dropped.
    pub(crate) struct Around<T: 'static, F> {
        // They are dropped in this order.
        before: Before,
        #[pin]
        future: TaskLocalFuture<T, F>,
        after: After,
    }
}

impl<T: 'static, F: Future> Future for Around<T, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        enter();
        let _after = After;
        self.project().future.poll(context)
    }
}

/// This thread is inside of one more.
fn enter() {
    DEPTH.set(DEPTH.get() + 1);
}

/// Enters when it is dropped.
struct Before;

impl Drop for Before {
    fn drop(&mut self) {
        enter();
    }
}

/// Leaves when it is dropped.
struct After;

impl Drop for After {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::pin::pin;
    use std::task::Waker;

    use super::*;

    tokio::task_local! {
        static SET: u32;
    }

    /// What is seen when it is dropped: what is set, and whether that is nothing.
    struct Seen<'a>(&'a Cell<Option<(u32, bool)>>);

    impl Drop for Seen<'_> {
        fn drop(&mut self) {
            self.0.set(SET.try_with(|set| (*set, is_nothing())).ok());
        }
    }

    #[test]
    fn it_is_set_while_the_future_runs_and_while_it_is_dropped() {
        let seen = Cell::new(None);
        let guard = Seen(&seen);
        let mut context = Context::from_waker(Waker::noop());
        {
            let mut inside = pin!(set(&SET, 1, async move {
                assert!(!is_nothing());
                let _guard = guard;
                std::future::pending::<()>().await;
            }));
            assert!(is_nothing());
            assert!(inside.as_mut().poll(&mut context).is_pending());
            assert!(is_nothing(), "only inside");
        }
        assert_eq!(seen.get(), Some((1, false)));
        assert!(is_nothing());
    }

    #[test]
    fn a_panic_leaves_it() {
        let mut context = Context::from_waker(Waker::noop());
        let mut inside = pin!(set(&SET, 1, set(&SET, 2, async { panic!("as the test wants") })));
        let poll = || inside.as_mut().poll(&mut context).is_ready();
        assert!(catch_unwind(AssertUnwindSafe(poll)).is_err());
        assert!(is_nothing());
    }
}
