//! A hit in Redis: a memoized function against the bare client and `serde_json`, on the same settings.

use std::time::Duration;

use benches::{Record, report_ratio, runtime, time};
use cached_runtime::{Cache, redis_cache};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::io::tcp::TcpSettings;
use redis::{AsyncConnectionConfig, Client, Cmd, IntoConnectionInfo, Value};
use support::RedisServer;
use tokio::runtime::Runtime;

const OP_TIMEOUT: Duration = Duration::from_secs(1);

#[redis_cache(ttl = 3600, prefix = "record")]
async fn record(id: u64) -> Record {
    Record::new(id)
}

/// One command as its user writes it: `GET`, bounded like ours, and `serde_json`.
async fn bare(mut connection: MultiplexedConnection, slot: String) -> Record {
    let mut get = Cmd::new();
    get.arg("GET").arg(slot);
    let reply = connection.req_packed_command(&get).await.expect("a reply");
    let Value::BulkString(bytes) = reply else { panic!("a value in the slot") };
    serde_json::from_slice(&bytes).expect("a record")
}

struct Setup {
    runtime: Runtime,
    _server: RedisServer,
    connection: MultiplexedConnection,
    slot: String,
}

impl Setup {
    /// A server with the entry in it, the installed cache, and a bare connection.
    fn new() -> Self {
        let runtime = runtime();
        let (server, connection, slot) = runtime.block_on(async {
            let server = RedisServer::start().await;
            let cache = Cache::builder().redis(server.url()).op_timeout(OP_TIMEOUT).build();
            cache.expect("good settings").install().expect("the first cache");
            assert_eq!(record(1).await, Record::new(1));
            let entry = record::entry(1);
            assert_eq!(
                entry.get().await.expect("Redis"),
                Some(Record::new(1)),
                "a hit from here on"
            );
            let info = server.url().into_connection_info().expect("a URL");
            let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
            let config = AsyncConnectionConfig::new()
                .set_response_timeout(Some(OP_TIMEOUT))
                .set_pipeline_buffer_size(1024);
            let client = Client::open(info).expect("a client");
            let connection = client.get_multiplexed_async_connection_with_config(&config).await;
            (server, connection.expect("a connection"), entry.key().to_owned())
        });
        Self { runtime, _server: server, connection, slot }
    }

    fn memoized(&self, tasks: usize, calls: u64) -> Duration {
        self.runtime.block_on(time(tasks, calls, || async {
            std::hint::black_box(record(1).await);
        }))
    }

    fn bare(&self, tasks: usize, calls: u64) -> Duration {
        let (connection, slot) = (self.connection.clone(), self.slot.clone());
        self.runtime.block_on(time(tasks, calls, move || {
            let call = bare(connection.clone(), slot.clone());
            async {
                std::hint::black_box(call.await);
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
