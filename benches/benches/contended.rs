//! Many tasks that read one entry: they share reads, which the bare client's do not.

use std::hint::black_box;
use std::time::Duration;

use benches::bare::{Bare, OP_TIMEOUT};
use benches::{Record, report_ratio, runtime, time};
use cached_runtime::{Cache, redis_cache};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use support::RedisServer;

const TASKS: usize = 64;

#[redis_cache(ttl = 3600, prefix = "record")]
async fn record(id: u64) -> Record {
    Record::new(id)
}

fn contended(criterion: &mut Criterion) {
    let runtime = runtime();
    let (_server, bare, slot) = runtime.block_on(async {
        let server = RedisServer::start().await;
        let cache = Cache::builder().redis(server.url()).op_timeout(OP_TIMEOUT).build();
        cache.expect("good settings").install().expect("the first cache");
        assert_eq!(record(1).await, Record::new(1));
        let bare = Bare::connect(server.url()).await;
        let slot: &'static str = record::entry(1).key().to_owned().leak();
        (server, bare, slot)
    });
    let memoized = |calls| {
        runtime.block_on(time(TASKS, calls, |_| async {
            black_box(record(1).await);
        }))
    };
    let by_hand = |calls| {
        let bare = bare.clone();
        runtime.block_on(time(TASKS, calls, move |_| {
            let mut bare = bare.clone();
            async move {
                black_box(bare.get(slot).await.expect("a value in the slot"));
            }
        }))
    };
    report_ratio("contended, 64 tasks and one entry, memoized / bare", 300, || {
        (memoized(50), by_hand(50))
    });
    let mut group = criterion.benchmark_group("contended");
    group.measurement_time(Duration::from_secs(4)).sample_size(20);
    group.throughput(Throughput::Elements(TASKS as u64));
    group.bench_function("memoized", |bencher| bencher.iter_custom(memoized));
    group.bench_function("bare", |bencher| bencher.iter_custom(by_hand));
    group.finish();
}

criterion_group!(benches, contended);
criterion_main!(benches);
