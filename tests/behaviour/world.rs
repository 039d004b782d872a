//! A cache on a store, with a namespace of its own, so that tests share a server and run side by side.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cached_runtime::{Cache, CacheBuilder, MemoryStore};
use support::{RedisServer, eventually};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

pub(crate) struct World {
    pub(crate) cache: Cache,
    /// `None` on the memory store.
    pub(crate) server: Option<Arc<RedisServer>>,
    pub(crate) namespace: String,
}

impl World {
    pub(crate) fn in_memory(test: &str) -> Self {
        Self::new(Cache::builder().store(MemoryStore::default()), None, test)
    }

    pub(crate) async fn on_redis(test: &str) -> Self {
        let server = server().await;
        Self::new(Cache::builder().redis(server.url()), Some(server), test)
    }

    fn new(builder: CacheBuilder, server: Option<Arc<RedisServer>>, test: &str) -> Self {
        let namespace = test.replace("::", "-");
        // Longer than any pause of a busy machine: these tests are not about time.
        let builder = builder.namespace(&namespace).op_timeout(Duration::from_secs(10));
        Self { cache: builder.build().expect("good settings"), server, namespace }
    }
}

impl World {
    /// A task whose calls use this cache.
    pub(crate) fn spawn<F>(&self, calls: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        tokio::spawn(self.cache.scope(calls))
    }
}

/// What memoized functions read: a version, and a gate that holds those who have read it.
#[derive(Default)]
pub(crate) struct Database {
    version: AtomicU32,
    gate: Mutex<Option<Arc<Gate>>>,
}

impl Database {
    pub(crate) fn at(version: u32) -> Self {
        Self { version: version.into(), gate: Mutex::default() }
    }

    pub(crate) fn set(&self, version: u32) {
        self.version.store(version, Ordering::SeqCst);
    }

    /// Reads the version, and is held if it is the first since [`hold`](Self::hold).
    pub(crate) async fn read(&self) -> u32 {
        let version = self.version.load(Ordering::SeqCst);
        let gate = self.gate.lock().unwrap().take();
        if let Some(gate) = gate {
            gate.pass().await;
        }
        version
    }

    /// From now on the next one to read is held.
    pub(crate) fn hold(&self) -> Arc<Gate> {
        let gate = Arc::<Gate>::default();
        *self.gate.lock().unwrap() = Some(Arc::clone(&gate));
        gate
    }
}

#[derive(Default)]
pub(crate) struct Gate {
    has_entered: Notify,
    is_open: Notify,
}

impl Gate {
    /// Waits until somebody is held.
    pub(crate) async fn entered(&self) {
        self.has_entered.notified().await;
    }

    pub(crate) fn open(&self) {
        self.is_open.notify_one();
    }

    /// Is held here.
    pub(crate) async fn pass(&self) {
        self.has_entered.notify_one();
        self.is_open.notified().await;
    }
}

/// One server for all tests that run now; it ends with the last of them.
async fn server() -> Arc<RedisServer> {
    static SERVER: Mutex<std::sync::Weak<RedisServer>> = Mutex::new(std::sync::Weak::new());
    static STARTING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _one_at_a_time = STARTING.lock().await;
    let running = SERVER.lock().unwrap().upgrade();
    if let Some(server) = running {
        return server;
    }
    let server = Arc::new(RedisServer::start().await);
    *SERVER.lock().unwrap() = Arc::downgrade(&server);
    server
}

/// Waits until a value of a short time to live is gone.
pub(crate) async fn gone<T>(entry: &cached_runtime::Entry<T>) {
    eventually(Duration::from_secs(10), || async {
        entry.ttl().await.expect("the store answers").is_none()
    })
    .await;
}

/// Counts the runs of a body.
#[derive(Default)]
pub(crate) struct Runs(AtomicU32);

impl Runs {
    pub(crate) const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// One more; returns how many it makes.
    pub(crate) fn more(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}
