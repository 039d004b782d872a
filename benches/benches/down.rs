//! What a call costs while Redis is away and the breaker is open.

use std::time::{Duration, Instant};

use benches::runtime;
use cached_runtime::{Cache, redis_cache};
use criterion::{Criterion, criterion_group, criterion_main};

#[redis_cache(ttl = 3600, prefix = "down")]
async fn double(id: u64) -> u64 {
    id * 2
}

fn down(criterion: &mut Criterion) {
    let runtime = runtime();
    // Nothing listens on port 1.
    let cache = Cache::builder().redis("redis://127.0.0.1:1").build().expect("good settings");
    runtime.block_on(cache.scope(async {
        for id in 0..10 {
            assert_eq!(double(id).await, id * 2);
        }
    }));
    let calls = |calls: u64| -> Duration {
        runtime.block_on(cache.scope(async move {
            let start = Instant::now();
            for id in 0..calls {
                std::hint::black_box(double(id).await);
            }
            start.elapsed()
        }))
    };
    criterion.bench_function("down", |bencher| bencher.iter_custom(calls));
}

criterion_group!(benches, down);
criterion_main!(benches);
