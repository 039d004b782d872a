//! Work that goes on when its call has returned: refills, and steps whose reply nobody waits for.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};

use tokio::runtime::Handle;
use tokio::sync::watch;
use tracing::Instrument as _;

/// The tasks of one cache.
pub(crate) struct Background {
    /// How many there are.
    running: Arc<watch::Sender<usize>>,
    /// Refills at once.
    most: usize,
    is_closed: AtomicBool,
}

impl Background {
    pub(crate) fn new(most: usize) -> Self {
        Self { running: Arc::new(watch::Sender::new(0)), most, is_closed: AtomicBool::new(false) }
    }

    /// Starts a refill, in the tracing span of the call. `false`, and it is dropped, if there are too many, or none
    /// are wanted any more, or there is no runtime.
    pub(super) fn spawn(&self, refill: impl Future<Output = ()> + Send + 'static) -> bool {
        let Ok(runtime) = Handle::try_current() else { return false };
        if self.is_closed.load(Ordering::Acquire) {
            return false;
        }
        let Some(running) = Running::one_of(&self.running, self.most) else { return false };
        start(&runtime, running, refill.in_current_span());
        true
    }

    /// Begins a step here and now, so that its command is sent before those of later calls, and leaves the rest to a
    /// task.
    pub(crate) fn detach(&self, step: impl Future<Output = ()> + Send + 'static) {
        let mut step = Box::pin(step);
        // The task asks again, with a waker of its own.
        let begun = step.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        if begun.is_pending()
            && let Ok(runtime) = Handle::try_current()
        {
            self.start(&runtime, step);
        }
    }

    /// Leaves a step to a task of this runtime. Steps are short, and always let through.
    pub(crate) fn start(&self, runtime: &Handle, step: impl Future<Output = ()> + Send + 'static) {
        if let Some(running) = Running::one_of(&self.running, usize::MAX) {
            start(runtime, running, step);
        }
    }

    /// Waits until all is done; from now on no refill is started.
    pub(crate) async fn shut_down(&self) {
        self.is_closed.store(true, Ordering::Release);
        let mut running = self.running.subscribe();
        // It can't be closed: we hold the sender.
        let _ = running.wait_for(|running| *running == 0).await;
    }
}

fn start(runtime: &Handle, running: Running, work: impl Future<Output = ()> + Send + 'static) {
    runtime.spawn(async move {
        let _running = running;
        work.await;
    });
}

/// Counts one task for as long as it lives, also when its runtime drops it.
struct Running(Arc<watch::Sender<usize>>);

impl Running {
    /// Unless there are `most` already.
    fn one_of(count: &Arc<watch::Sender<usize>>, most: usize) -> Option<Self> {
        let is_one_more = count.send_if_modified(|running| {
            let has_room = *running < most;
            *running += usize::from(has_room);
            has_room
        });
        is_one_more.then(|| Self(Arc::clone(count)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|running| *running -= 1);
    }
}
