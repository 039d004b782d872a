//! The memoized functions, their entries, and the database.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::OnceLock;
use std::task::Poll;
use std::time::Duration;

use cached_runtime::{Cache, Error, Outcome, RedisStore, Store, observe, redis_cache};

/// Entries by their numbers. The second half of them have tags.
pub(crate) const ENTRIES: u64 = 2000;

/// Entries under one tag.
const GROUP: u64 = 4;

/// The entry that is written last.
pub(crate) const MARKER: u64 = ENTRIES;

/// Longer than a busy machine stands still, mostly.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);

static DATABASE: OnceLock<RedisStore> = OnceLock::new();

/// Where it is.
pub(crate) fn open_database(url: &str) {
    let store = RedisStore::open(url, PATIENCE * 10).expect("a good URL");
    DATABASE.set(store).expect("there is one");
}

/// What the database has now; zero, if nothing was written.
pub(crate) async fn truth(id: u64) -> u64 {
    let database = DATABASE.get().expect("it is open");
    let found = database.get(&format!("row:{id}")).await.expect("the database answers");
    found.map_or(0, |bytes| String::from_utf8_lossy(&bytes).parse().expect("a number"))
}

#[redis_cache(ttl = 600, local = "10m")]
async fn plain(id: u64) -> u64 {
    truth(id).await
}

#[redis_cache(ttl = 600, local = "10m", tags = ["group:{id / GROUP}"])]
async fn grouped(id: u64) -> u64 {
    truth(id).await
}

/// Half of the entries are called as most are, with nothing around the call.
pub(crate) async fn call(id: u64) -> (u64, Outcome) {
    match (has_tag(id), id.is_multiple_of(2)) {
        (true, true) => bare(grouped(id)).await,
        (true, false) => observe(grouped(id)).await,
        (false, true) => bare(plain(id)).await,
        (false, false) => observe(plain(id)).await,
    }
}

/// Only what is kept is there at once.
async fn bare(call: impl Future<Output = u64>) -> (u64, Outcome) {
    let mut call = pin!(call);
    match poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await {
        Poll::Ready(value) => (value, Outcome::LocalHit),
        Poll::Pending => (call.await, Outcome::Hit),
    }
}

/// First the database, then the entry or its tag, until that has gone through.
pub(crate) async fn write(id: u64, value: u64) {
    let database = DATABASE.get().expect("it is open");
    let row = format!("row:{id}");
    let put = database.set(&row, value.to_string().into(), Duration::from_secs(3600));
    put.await.expect("the database answers");
    while invalidate(id).await.is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn invalidate(id: u64) -> Result<(), Error> {
    if has_tag(id) {
        Cache::current().invalidate_tag(&format!("group:{}", id / GROUP)).await
    } else {
        plain::entry(id).invalidate().await
    }
}

fn has_tag(id: u64) -> bool {
    id != MARKER && id >= ENTRIES / 2
}
