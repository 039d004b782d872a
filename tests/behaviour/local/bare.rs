//! Calls around which nothing is set, neither a scope nor `observe`: they take a way of their own, the shortest one. So
//! these are calls of the process's default cache, and what tells a hit in the process is the count of them.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll, Waker};

use cached_runtime::{
    Cache, Outcome, bypass, cache_invalidate, cache_put, observe, only_cached, redis_cache, refresh,
};

use crate::world::Database;

/// The default cache.
pub(super) static CACHE: LazyLock<Cache> = LazyLock::new(|| {
    let cache = Cache::in_memory();
    cache.clone().install().expect("no other test uses the default cache");
    cache
});

/// Two slots may share what tells of their changes: a change that one test makes may cost another a hit.
pub(super) static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[redis_cache(ttl = 3600, local = 3600, skip(db), tags = ["bare:{id}"])]
async fn tagged(db: &Database, id: u32) -> u32 {
    let _ = id;
    db.read().await
}

#[redis_cache(ttl = 3600, local = 3600, skip(db))]
async fn version(db: &Database, id: u32) -> u32 {
    let _ = id;
    db.read().await
}

#[redis_cache(ttl = 3600, local = 3600, skip(db))]
async fn counted(db: &Database, id: u32) -> u32 {
    let _ = id;
    db.read().await
}

#[cache_invalidate(version(id), tagged(id))]
async fn write(db: &Database, id: u32, new: u32) -> [u32; 2] {
    db.set(new);
    both(db, id).await
}

#[cache_put(version(id), tagged(id))]
async fn put(db: &Database, id: u32, new: u32) -> u32 {
    db.set(new);
    new
}

async fn both(db: &Database, id: u32) -> [u32; 2] {
    [version(db, id).await, tagged(db, id).await]
}

fn local_hits(of: &str) -> u64 {
    let stats = CACHE.stats();
    let of = stats.functions.iter().find(|(name, _)| name.ends_with(of));
    of.map_or(0, |(_, counts)| counts.local_hits)
}

/// Has `id` of both functions kept by the default cache.
async fn keep(db: &Database, id: u32, expected: u32) {
    LazyLock::force(&CACHE);
    for _ in 0..3 {
        assert_eq!(both(db, id).await, [expected; 2]);
    }
    assert_eq!(observe(version(db, id)).await, (expected, Outcome::LocalHit));
    assert_eq!(observe(tagged(db, id)).await, (expected, Outcome::LocalHit));
}

/// What a call returns that waits for nobody; now and then a hit lets others run.
fn at_once<T>(call: impl Future<Output = T>) -> Option<T> {
    let mut call = pin!(call);
    let mut context = Context::from_waker(Waker::noop());
    (0..9).find_map(|_| match call.as_mut().poll(&mut context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    })
}

async fn is_seen(id: u32, change: impl AsyncFn(&Database, u32)) {
    let db = Database::at(0);
    for new in 1..20 {
        keep(&db, id, new - 1).await;
        db.set(new);
        assert_eq!(both(&db, id).await, [new - 1; 2], "it is kept");
        change(&db, new).await;
        assert_eq!(both(&db, id).await, [new; 2]);
    }
}

#[tokio::test]
async fn own_changes_are_seen() {
    let _alone = ALONE.lock().await;
    is_seen(1, async |_, _| {
        version::entry(1).invalidate().await.unwrap();
        CACHE.invalidate_tag("bare:1").await.unwrap();
    })
    .await;
    is_seen(2, async |db, new| assert_eq!(refresh(both(db, 2)).await, [new; 2])).await;
    is_seen(3, async |db, new| assert_eq!(put(db, 3, new).await, new)).await;
    let reads_its_own = "the body of a write is handed nothing that was kept before";
    is_seen(4, async |db, new| assert_eq!(write(db, 4, new).await, [new; 2], "{reads_its_own}"))
        .await;
}

#[tokio::test]
async fn what_is_asked_of_a_call_counts() {
    let _alone = ALONE.lock().await;
    let db = Database::at(1);
    keep(&db, 10, 1).await;
    db.set(2);
    assert_eq!(bypass(both(&db, 10)).await, [2; 2]);
    assert_eq!(only_cached(both(&db, 10)).await, Some([1; 2]));
    assert_eq!(both(&db, 10).await, [1; 2]);
    assert_eq!(refresh(both(&db, 10)).await, [2; 2]);
    assert_eq!(both(&db, 10).await, [2; 2]);
}

/// Calls inside of scopes and calls outside of them, of one task, of which one and then the other goes on.
#[tokio::test]
async fn a_scope_is_for_what_is_in_it() {
    let _alone = ALONE.lock().await;
    let (default, own) = (Database::at(1), Database::at(2));
    let other = Cache::in_memory();
    keep(&default, 20, 1).await;
    let steps = async |db: &Database, expected: u32| {
        for _ in 0..50 {
            assert_eq!(both(db, 20).await, [expected; 2]);
            tokio::task::yield_now().await;
        }
    };
    let inside = other.scope(async {
        steps(&own, 2).await;
        tokio::task::unconstrained(CACHE.scope(steps(&default, 1))).await;
        steps(&own, 2).await;
    });
    tokio::join!(steps(&default, 1), inside, steps(&default, 1));
    tokio::select! {
        () = other.scope(std::future::pending()) => unreachable!(),
        () = steps(&default, 1) => {}
    }
    assert_eq!(both(&default, 20).await, [1; 2]);
}

/// Makes a call as it is dropped.
struct Last {
    db: Arc<Database>,
    said: Arc<Mutex<Vec<Option<u32>>>>,
}

impl Drop for Last {
    fn drop(&mut self) {
        self.said.lock().unwrap().push(at_once(version(&self.db, 30)));
    }
}

/// A future in a scope that was begun on one thread, and is dropped on another before it has ended.
#[tokio::test]
async fn what_a_dropped_future_calls_is_in_its_scope() {
    let _alone = ALONE.lock().await;
    let (default, own) = (Arc::new(Database::at(1)), Arc::new(Database::at(2)));
    let other = Cache::in_memory();
    keep(&default, 30, 1).await;
    other.scope(async { (0..3).for_each(|_| assert!(at_once(both(&own, 30)).is_some())) }).await;
    let said = Arc::default();
    let last = Last { db: own, said: Arc::clone(&said) };
    let mut future = Box::pin(other.scope(async move {
        let _last = last;
        std::future::pending::<()>().await;
    }));
    poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
    std::thread::spawn(move || drop(future)).join().unwrap();
    assert_eq!(*said.lock().unwrap(), [Some(2)]);
    assert_eq!(both(&default, 30).await, [1; 2]);
}

#[tokio::test]
async fn a_panic_in_a_scope_is_over_after_it() {
    let _alone = ALONE.lock().await;
    let default = Database::at(1);
    keep(&default, 40, 1).await;
    let before = local_hits("bare::version");
    let panics = Cache::in_memory().scope(refresh(async { panic!("as the test wants") }));
    let mut panics = Box::pin(panics);
    let poll = || at_once(panics.as_mut());
    let outcome: Result<Option<()>, _> = catch_unwind(AssertUnwindSafe(poll));
    assert!(outcome.is_err());
    assert_eq!(at_once(both(&default, 40)), Some([1; 2]));
    drop(panics);
    assert_eq!(at_once(both(&default, 40)), Some([1; 2]));
    assert!(local_hits("bare::version") >= before + 2);
}

thread_local! {
    static AT_THE_END: RefCell<Option<Last>> = const { RefCell::new(None) };
}

/// Also those of threads that end, and those that are made while they do.
#[test]
fn each_hit_is_counted() {
    const THREADS: u32 = 48;
    const CALLS: u64 = 3000;
    let _alone = ALONE.blocking_lock();
    let runtime = || tokio::runtime::Builder::new_current_thread().build().unwrap();
    let db = Arc::new(Database::at(1));
    runtime().block_on(async {
        LazyLock::force(&CACHE);
        for outcome in [Outcome::Miss, Outcome::Hit, Outcome::LocalHit] {
            assert_eq!(observe(counted(&db, 50)).await, (1, outcome));
        }
    });
    let before = local_hits("bare::counted");
    std::thread::scope(|threads| {
        for _ in 0..THREADS {
            threads.spawn(|| {
                runtime().block_on(async {
                    for _ in 0..CALLS {
                        assert_eq!(counted(&db, 50).await, 1);
                    }
                });
            });
        }
    });
    assert_eq!(local_hits("bare::counted") - before, u64::from(THREADS) * CALLS);
    let said = Arc::default();
    runtime().block_on(keep(&db, 30, 1));
    let last = Last { db, said: Arc::clone(&said) };
    std::thread::spawn(move || {
        AT_THE_END.set(Some(last));
        // What the crate has for each thread is made after that, and so gone before.
        AT_THE_END.with_borrow(|last| at_once(version(&last.as_ref().unwrap().db, 30)));
    })
    .join()
    .unwrap();
    assert_eq!(*said.lock().unwrap(), [Some(1)]);
}
