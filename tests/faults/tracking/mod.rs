//! Redis tells of changes, so values are kept in the process: until it tells, or can't tell any more.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cached_runtime::{Cache, Outcome, observe, redis_cache};
use support::{Builder, Proxy, RedisServer, eventually};

use crate::world::{CALM, cache_with};

mod changes;
mod refused;
mod runtimes;
mod sessions;
mod traffic;

/// What is longer than that is a bug, or no machine at all.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a value may be out of date when nobody knows that changes are not told any more.
const DETECTION: Duration = Duration::from_secs(1);

#[redis_cache(ttl = 600, local = "10m", prefix = "kept", key = "{id}", skip(database))]
async fn kept(database: &AtomicU64, id: u64) -> u64 {
    database.load(Ordering::SeqCst)
}

/// A server, and a cache that reaches it through a proxy and keeps values.
struct World {
    cache: Cache,
    proxy: Proxy,
    server: RedisServer,
    /// What all bodies read.
    database: AtomicU64,
}

impl World {
    async fn start() -> Self {
        Self::with(RedisServer::builder(), CALM).await
    }

    async fn with(builder: Builder, timeout: Duration) -> Self {
        let server = builder.start().await;
        let proxy = Proxy::start(server.addr());
        let cache = cache_with(&proxy.url(), timeout);
        Self { cache, proxy, server, database: AtomicU64::new(0) }
    }

    async fn call(&self, id: u64) -> (u64, Outcome) {
        self.cache.scope(observe(kept(&self.database, id))).await
    }

    async fn slot(&self, id: u64) -> String {
        self.cache.scope(async { kept::entry(id).key().to_owned() }).await
    }

    /// Calls until the value is answered from this process.
    async fn warm(&self, id: u64) {
        eventually(PATIENCE, || self.is(id, Outcome::LocalHit)).await;
    }

    /// An error if a call has another outcome.
    async fn is(&self, id: u64, expected: Outcome) -> Result<(), String> {
        match self.call(id).await.1 {
            outcome if outcome == expected => Ok(()),
            other => Err(format!("{id} is a {other}")),
        }
    }

    /// Another client changes the slot of a call to `value`, by `change`. From one detection time later on no call is
    /// answered with another value. Returns how long it took until none was.
    async fn is_seen(&self, id: u64, value: u64, change: impl Future) -> Duration {
        change.await;
        let changed = Instant::now();
        eventually(PATIENCE, || async {
            let begun = changed.elapsed();
            match self.call(id).await {
                (found, _) if found == value => Ok(changed.elapsed()),
                (old, outcome) => {
                    assert!(begun <= DETECTION, "a {outcome} with {old} after {begun:?}");
                    Err(format!("a {outcome} with {old}"))
                }
            }
        })
        .await
    }

    /// What another client does.
    async fn set(&self, id: u64, value: u64) {
        let slot = self.slot(id).await;
        self.server.command(&["SET", &slot, &value.to_string(), "EX", "600"]).await;
    }
}

/// The connections on which a server tells of changes, by their numbers.
async fn tracking(server: &RedisServer) -> Vec<String> {
    let list = server.command(&["CLIENT", "LIST"]).await.text();
    let field = |line: &str, name: &str| {
        line.split(' ').find_map(|field| field.strip_prefix(name)).unwrap_or_default().to_owned()
    };
    let tracks = |line: &&str| field(line, "flags=").contains('t');
    list.lines().filter(tracks).map(|line| field(line, "id=")).collect()
}
