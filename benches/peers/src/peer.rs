//! A memoized function, whoever memoizes it, behind one face for all sections.

use std::hint::black_box;
use std::pin::Pin;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use crate::body::Who;

/// How many entries the hits in the process go around.
const ENTRIES: u64 = 1_000;

/// A call that is told only whether it succeeded.
pub(crate) type Call = Arc<dyn Fn(u64) -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

type Measure = Box<dyn Fn(Load) -> Duration>;

/// What is measured.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    /// How many threads or tasks call at a time.
    pub(crate) lanes: usize,
    /// How often each of them calls.
    pub(crate) calls: u64,
    /// The id for each lane's next call; of no use to hits in the process.
    pub(crate) id: fn(lane: u64) -> u64,
}

pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) who: Who,
    /// One call, at any cost.
    pub(crate) call: Call,
    measure: Measure,
}

impl Peer {
    /// A function whose values are in Redis: lanes are tasks, and what is measured is how long all of them take.
    pub(crate) fn in_redis<F, T>(
        runtime: &'static Runtime,
        name: &'static str,
        who: Who,
        call: impl Fn(u64) -> F + Clone + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Option<T>> + Send + 'static,
        T: Send + 'static,
    {
        let measured = call.clone();
        let measure: Measure = Box::new(move |load| {
            let call = measured.clone();
            runtime.block_on(benches::time(load.lanes, load.calls, move |lane| {
                let running = call((load.id)(lane));
                async move {
                    black_box(running.await.expect("the call succeeds"));
                }
            }))
        });
        Self { name, who, call: once(call), measure }
    }

    /// A function whose values are in the process: lanes are threads, and what is measured is how long one of them
    /// takes for its calls.
    pub(crate) fn in_process<F, T>(
        runtime: &'static Runtime,
        name: &'static str,
        call: impl Fn(u64) -> F + Clone + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let measured = call.clone();
        let measure: Measure = Box::new(move |load| {
            let barrier = Barrier::new(load.lanes);
            let lane = |lane: u64| {
                barrier.wait();
                let start = Instant::now();
                runtime.block_on(async {
                    let mut id = lane * (ENTRIES / 2);
                    for _ in 0..load.calls {
                        black_box(measured(black_box(id)).await);
                        id = after(id);
                    }
                });
                start.elapsed()
            };
            thread::scope(|scope| {
                let lane = &lane;
                let lanes: Vec<_> = (0..load.lanes as u64)
                    .map(|number| scope.spawn(move || lane(number)))
                    .collect();
                let times: Vec<Duration> =
                    lanes.into_iter().map(|lane| lane.join().expect("no panic")).collect();
                times.iter().sum::<Duration>() / u32::try_from(load.lanes).expect("few threads")
            })
        });
        let call = move |id| {
            let running = call(id);
            async move { Some(running.await) }
        };
        Self { name, who: Who::InProcess, call: once(call), measure }
    }

    pub(crate) fn measure(&self, load: Load) -> Duration {
        (self.measure)(load)
    }

    /// Calls for each of the `ids` until its next call will find it, three times: a local tier keeps what it has read.
    pub(crate) async fn warm(&self, ids: std::ops::Range<u64>) {
        for id in ids {
            for _ in 0..3 {
                assert!((self.call)(id).await, "{}: the server is up", self.name);
            }
        }
    }
}

/// All entries that hits in the process go around.
pub(crate) fn entries() -> std::ops::Range<u64> {
    0..ENTRIES
}

/// Goes around all entries, and not in the order in which they were allocated.
fn after(id: u64) -> u64 {
    let next = id + 617;
    if next >= ENTRIES { next - ENTRIES } else { next }
}

fn once<F, T>(call: impl Fn(u64) -> F + Send + Sync + 'static) -> Call
where
    F: Future<Output = Option<T>> + Send + 'static,
{
    Arc::new(move |id| {
        let running = call(id);
        Box::pin(async move { running.await.is_some() })
    })
}
