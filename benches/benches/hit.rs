//! A hit in Redis: a memoized function against the bare client and `serde_json`, on the same settings. Each task has
//! an entry of its own; for many tasks and one entry see `contended`.

use std::hint::black_box;
use std::time::Duration;

use benches::bare::{Bare, OP_TIMEOUT};
use benches::{Record, report_ratio, runtime, time};
use cached_runtime::{Cache, redis_cache};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use support::RedisServer;
use tokio::runtime::Runtime;

const MOST_TASKS: u64 = 256;

#[redis_cache(ttl = 3600, prefix = "record")]
async fn record(id: u64) -> Record {
    Record::new(id)
}

struct Setup {
    runtime: Runtime,
    _server: RedisServer,
    bare: Bare,
    slots: &'static [String],
}

impl Setup {
    /// A server with the entries in it, the installed cache, and a bare connection.
    fn new() -> Self {
        let runtime = runtime();
        let (server, bare, slots) = runtime.block_on(async {
            let server = RedisServer::start().await;
            let cache = Cache::builder().redis(server.url()).op_timeout(OP_TIMEOUT).build();
            cache.expect("good settings").install().expect("the first cache");
            let mut slots = Vec::new();
            for id in 0..MOST_TASKS {
                assert_eq!(record(id).await, Record::new(id));
                let entry = record::entry(id);
                assert!(entry.get().await.expect("Redis").is_some(), "a hit from here on");
                slots.push(entry.key().to_owned());
            }
            let bare = Bare::connect(server.url()).await;
            (server, bare, slots)
        });
        Self { runtime, _server: server, bare, slots: slots.leak() }
    }

    fn memoized(&self, tasks: usize, calls: u64) -> Duration {
        self.runtime.block_on(time(tasks, calls, |task| async move {
            black_box(record(task).await);
        }))
    }

    fn bare(&self, tasks: usize, calls: u64) -> Duration {
        let (bare, slots) = (self.bare.clone(), self.slots);
        self.runtime.block_on(time(tasks, calls, move |task| {
            let mut bare = bare.clone();
            async move {
                let slot = usize::try_from(task).expect("few tasks");
                black_box(bare.get(&slots[slot]).await.expect("a value in the slot"));
            }
        }))
    }
}

fn hit(criterion: &mut Criterion) {
    let setup = Setup::new();
    for (tasks, calls, rounds) in [(1, 100, 600), (256, 20, 300)] {
        report_ratio(&format!("hit, {tasks} tasks, memoized / bare"), rounds, || {
            (setup.memoized(tasks, calls), setup.bare(tasks, calls))
        });
    }
    let mut group = criterion.benchmark_group("hit");
    group.measurement_time(Duration::from_secs(4)).sample_size(20);
    for tasks in [1, 256] {
        // One iteration is one call of each task.
        group.throughput(Throughput::Elements(tasks as u64));
        group.bench_function(BenchmarkId::new("memoized", tasks), |bencher| {
            bencher.iter_custom(|calls| setup.memoized(tasks, calls));
        });
        group.bench_function(BenchmarkId::new("bare", tasks), |bencher| {
            bencher.iter_custom(|calls| setup.bare(tasks, calls));
        });
    }
    group.finish();
}

criterion_group!(benches, hit);
criterion_main!(benches);
