//! Many tasks that call, one call after the other each.

use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::world::{Answer, Way, World};

/// A call, after the fact.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) took: Duration,
    pub(crate) answer: Answer,
}

/// Tasks under way.
pub(crate) struct Load {
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

#[derive(Default)]
struct Shared {
    calls: Mutex<Vec<Call>>,
    stop: AtomicBool,
}

impl Load {
    /// Starts the tasks.
    pub(crate) fn start(world: &Arc<World>, way: Way, tasks: usize) -> Self {
        let shared = Arc::<Shared>::default();
        let work = |_| {
            let (shared, world) = (Arc::clone(&shared), Arc::clone(world));
            async move {
                while !shared.stop.load(Ordering::Relaxed) {
                    let start = Instant::now();
                    let answer = world.call(way).await;
                    shared.add(Call { took: start.elapsed(), answer });
                }
            }
        };
        let tasks = (0..tasks).map(work).collect();
        Self { shared, tasks }
    }

    /// The calls that ended since this was asked last.
    pub(crate) fn take(&self) -> Vec<Call> {
        mem::take(&mut *self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets every task finish its call, and returns the last calls.
    pub(crate) async fn stop(mut self) -> Vec<Call> {
        self.shared.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.tasks.join_next().await {
            ended.expect("a task ends without a panic");
        }
        self.take()
    }
}

impl Shared {
    fn add(&self, call: Call) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }
}
