//! A hit in the process, against a bare `quick_cache`: the same entries, in turns, by one thread and by two.

use std::future::Future;
use std::hint::black_box;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bare_quick_cache::sync::Cache as Bare;
use benches::{Record, report_ratio, runtime, time};
use cached_runtime::{Cache, Outcome, observe, redis_cache};
use tokio::runtime::{Builder, Runtime};

const ENTRIES: u64 = 1000;
const ROUNDS: usize = 200;
const CALLS: u32 = 20 * 1000;

static ARCS: LazyLock<Bare<u64, Arc<Record>>> = LazyLock::new(|| bare(Arc::new));
static RECORDS: LazyLock<Bare<u64, Record>> = LazyLock::new(|| bare(|record| record));

fn bare<V: Clone>(value: impl Fn(Record) -> V) -> Bare<u64, V> {
    let bare = Bare::new(100_000);
    (0..ENTRIES).for_each(|id| bare.insert(id, value(Record::new(id))));
    bare
}

#[redis_cache(ttl = 3600, local = "1h")]
async fn arc(id: u64) -> Arc<Record> {
    Arc::new(Record::new(id))
}

#[redis_cache(ttl = 3600, local = "1h")]
async fn record(id: u64) -> Record {
    Record::new(id)
}

struct Repo;

impl Repo {
    #[redis_cache(ttl = 3600, local = "1h", key = "arc:{id}", skip(self))]
    async fn readable(&self, id: u64) -> Arc<Record> {
        Arc::new(Record::new(id))
    }

    #[redis_cache(ttl = 3600, local = "1h", tags = ["arcs", "arc:{id}"], skip(self))]
    async fn tagged(&self, id: u64) -> Arc<Record> {
        Arc::new(Record::new(id))
    }
}

/// Runtimes of one thread, and of as many as there are processors. Of these, one that is idle takes its task over from
/// another now and then, and then has nothing of it in its memory.
struct Runtimes {
    one: Runtime,
    all: Runtime,
}

/// How long `threads` threads take that call for all entries again and again.
fn turn<Fut: Future + Send>(
    runtimes: &Runtimes,
    threads: usize,
    call: impl Fn(u64) -> Fut + Copy + Send + 'static,
) -> Duration {
    let runtime = if threads == 1 { &runtimes.one } else { &runtimes.all };
    runtime.block_on(time(threads, 1, move |_| async move {
        for number in 0..u64::from(CALLS) {
            black_box(call(black_box(number % ENTRIES)).await);
        }
    }))
}

fn compare<O: Future + Send, T: Future + Send>(
    runtimes: &Runtimes,
    name: &str,
    ours: impl Fn(u64) -> O + Copy + Send + 'static,
    theirs: impl Fn(u64) -> T + Copy + Send + 'static,
) {
    runtimes.one.block_on(async {
        for id in 0..ENTRIES {
            // Once for the body, once for the store.
            ours(id).await;
            ours(id).await;
            assert_eq!(observe(ours(id)).await.1, Outcome::LocalHit);
        }
    });
    for threads in [1, 2] {
        let mut least = [Duration::MAX; 2];
        report_ratio(&format!("{name}, threads: {threads}"), ROUNDS, || {
            let taken = [turn(runtimes, threads, ours), turn(runtimes, threads, theirs)];
            least = std::array::from_fn(|who| least[who].min(taken[who]));
            taken.into()
        });
        let [ours, theirs] = least.map(|least| least.as_secs_f64() * 1e9 / f64::from(CALLS));
        println!("  at best: {ours:.1} ns, bare {theirs:.1} ns");
    }
}

fn main() {
    let one = Builder::new_current_thread().enable_all().build().expect("a Tokio runtime");
    let runtimes = Runtimes { one, all: runtime() };
    Cache::in_memory().install().expect("it is the first one");
    let bare_arc = |id| async move { ARCS.get(&id) };
    compare(&runtimes, "Arc", arc, bare_arc);
    compare(&runtimes, "Arc, readable key", |id| Repo.readable(id), bare_arc);
    compare(&runtimes, "Arc, two tags", |id| Repo.tagged(id), bare_arc);
    compare(&runtimes, "clone of 1 KB", record, |id| async move { RECORDS.get(&id) });
}
