//! A memoized function, whoever memoizes it, behind one face for all sections.

use std::hint::black_box;
use std::pin::Pin;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use crate::body::Who;

/// Has no divisor in common with 1,000.
const STEP: u64 = 617;

/// A call that is told only whether it succeeded.
pub(crate) type Call = Arc<dyn Fn(u64) -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

type Measure = Box<dyn Fn(Load) -> Duration>;

/// Which entries are asked for.
#[derive(Clone, Copy)]
pub(crate) enum Ids {
    /// That of the lane's next call, in Redis.
    Next(fn(lane: u64) -> u64),
    /// Each lane goes around so many, in the process.
    Around(u64),
}

/// What is measured.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    /// How many threads or tasks call at a time.
    pub(crate) lanes: usize,
    /// How often each of them calls.
    pub(crate) calls: u64,
    pub(crate) ids: Ids,
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
            let Ids::Next(id) = load.ids else { unreachable!("lanes of tasks have functions") };
            runtime.block_on(benches::time(load.lanes, load.calls, move |lane| {
                let running = call(id(lane));
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
            let Ids::Around(entries) = load.ids else { unreachable!("lanes of threads go around") };
            // Not in the order in which they were allocated, if they are many.
            let step = if entries > STEP { STEP } else { 1 };
            let barrier = Barrier::new(load.lanes);
            let lane = |lane: u64| {
                barrier.wait();
                let start = Instant::now();
                runtime.block_on(async {
                    let mut id = lane * (entries / 2);
                    for _ in 0..load.calls {
                        black_box(measured(black_box(id)).await);
                        id += step;
                        if id >= entries {
                            id -= entries;
                        }
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

fn once<F, T>(call: impl Fn(u64) -> F + Send + Sync + 'static) -> Call
where
    F: Future<Output = Option<T>> + Send + 'static,
{
    Arc::new(move |id| {
        let running = call(id);
        Box::pin(async move { running.await.is_some() })
    })
}
