//! A miss, for each `flight`, against `GET` and `SET` by hand. The body costs next to nothing: this is what the cache
//! adds to it.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use benches::bare::{Bare, OP_TIMEOUT};
use benches::{Record, report_ratio, runtime, time};
use cached_runtime::{Cache, redis_cache};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use support::RedisServer;
use tokio::runtime::Runtime;

#[redis_cache(ttl = 3600)]
async fn cluster(id: u64) -> Record {
    Record::new(id)
}

#[redis_cache(ttl = 3600, flight = "process")]
async fn process(id: u64) -> Record {
    Record::new(id)
}

#[redis_cache(ttl = 3600, flight = "off")]
async fn off(id: u64) -> Record {
    Record::new(id)
}

/// No two calls have the same.
fn next() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[derive(Clone, Copy, Debug)]
enum How {
    Cluster,
    Process,
    Off,
    ByHand,
}

struct Setup {
    runtime: Runtime,
    _server: RedisServer,
    bare: Bare,
}

impl Setup {
    fn new() -> Self {
        let runtime = runtime();
        let (server, bare) = runtime.block_on(async {
            let server = RedisServer::start().await;
            let cache = Cache::builder().redis(server.url()).op_timeout(OP_TIMEOUT).build();
            cache.expect("good settings").install().expect("the first cache");
            let bare = Bare::connect(server.url()).await;
            (server, bare)
        });
        Self { runtime, _server: server, bare }
    }

    /// Misses only; the server is empty before.
    fn misses(&self, how: How, tasks: usize, calls: u64) -> Duration {
        let bare = self.bare.clone();
        self.runtime.block_on(async move {
            bare.clone().clear().await;
            time(tasks, calls, move |_| {
                let mut bare = bare.clone();
                async move {
                    let id = next();
                    black_box(match how {
                        How::Cluster => cluster(id).await,
                        How::Process => process(id).await,
                        How::Off => off(id).await,
                        How::ByHand => {
                            let slot = format!("cached:by-hand:{id:040x}");
                            assert!(bare.get(&slot).await.is_none());
                            let record = Record::new(id);
                            bare.set(&slot, &record).await;
                            record
                        }
                    });
                }
            })
            .await
        })
    }
}

fn miss(criterion: &mut Criterion) {
    let setup = Setup::new();
    for how in [How::Cluster, How::Process, How::Off] {
        for (tasks, calls, rounds) in [(1, 50, 200), (64, 10, 200)] {
            report_ratio(&format!("miss, {how:?}, {tasks} tasks, / by hand"), rounds, || {
                (setup.misses(how, tasks, calls), setup.misses(How::ByHand, tasks, calls))
            });
        }
    }
    let mut group = criterion.benchmark_group("miss");
    group.measurement_time(Duration::from_secs(2)).sample_size(10);
    for how in [How::Cluster, How::Process, How::Off, How::ByHand] {
        group.throughput(Throughput::Elements(1));
        group.bench_function(BenchmarkId::new(format!("{how:?}"), 1), |bencher| {
            bencher.iter_custom(|calls| setup.misses(how, 1, calls));
        });
    }
    group.finish();
}

criterion_group!(benches, miss);
criterion_main!(benches);
