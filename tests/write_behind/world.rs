//! A queue of its own on a server for all tests, and a pretend database.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use cached_runtime::{Batch, Cache, Worker, WriteBehind, WriteBehindBuilder};
use support::{RedisServer, Reply};
use tokio::sync::watch;
use tokio::time::timeout;

/// Longer than anything takes here.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Longer than any pause of a busy machine: most of these tests are not about time.
pub(crate) const CALM: Duration = Duration::from_secs(10);

/// The name of every queue.
const NAME: &str = "queue";

pub(crate) struct World {
    pub(crate) cache: Cache,
    pub(crate) server: Arc<RedisServer>,
    pub(crate) namespace: String,
}

impl World {
    /// With a namespace of its own on the shared server.
    pub(crate) async fn new(test: &str) -> Self {
        let server = server().await;
        let cache = cache(&server.url(), test);
        Self { cache, server, namespace: test.to_owned() }
    }

    /// As another process has it.
    pub(crate) fn other_cache(&self) -> Cache {
        cache(&self.server.url(), &self.namespace)
    }

    /// Settings that waste no time.
    pub(crate) fn builder(&self) -> WriteBehindBuilder<u64> {
        quick(self.cache.write_behind(NAME))
    }

    pub(crate) fn queue(&self) -> WriteBehind<u64> {
        self.builder().build().expect("good settings")
    }

    /// The name of one of the queue's keys.
    pub(crate) fn key(&self, part: &str) -> String {
        format!("{}%queue:{NAME}{part}", self.namespace)
    }

    /// How many of the 16 shards are of whom.
    pub(crate) async fn owners(&self) -> BTreeMap<String, usize> {
        let mut owners = BTreeMap::new();
        for shard in 0..16 {
            if let Reply::Bulk(token) =
                self.server.command(&["GET", &self.key(&format!(":{shard}:lease"))]).await
            {
                let token = String::from_utf8(token).unwrap();
                let worker = token.split(':').next().unwrap_or_default();
                *owners.entry(worker.to_owned()).or_default() += 1;
            }
        }
        owners
    }
}

pub(crate) fn quick<T>(builder: WriteBehindBuilder<T>) -> WriteBehindBuilder<T>
where
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let ms = Duration::from_millis;
    builder.linger(Duration::ZERO).backoff(ms(20), ms(100)).max_attempts(3).wait(CALM)
}

pub(crate) fn cache(url: &str, namespace: &str) -> Cache {
    let builder = Cache::builder().redis(url).namespace(namespace).op_timeout(CALM);
    builder.build().expect("good settings")
}

/// One server for all tests that run now; it ends with the last of them.
async fn server() -> Arc<RedisServer> {
    static SERVER: Mutex<Weak<RedisServer>> = Mutex::new(Weak::new());
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

/// What the worker's function writes to.
#[derive(Clone)]
pub(crate) struct Database(Arc<Inner>);

struct Inner {
    rows: Mutex<Vec<(String, u64)>>,
    batches: Mutex<Vec<usize>>,
    /// Writes wait while it is closed.
    gate: watch::Sender<bool>,
    /// What can't be written.
    refused: Mutex<Box<dyn Fn(u64) -> bool + Send>>,
}

impl Database {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            rows: Mutex::default(),
            batches: Mutex::default(),
            gate: watch::Sender::new(true),
            refused: Mutex::new(Box::new(|_| false)),
        }))
    }

    /// Has writes wait until it is opened.
    pub(crate) fn close(&self) {
        self.0.gate.send_replace(false);
    }

    pub(crate) fn open(&self) {
        self.0.gate.send_replace(true);
    }

    /// From now on these values fail.
    pub(crate) fn refuse(&self, refused: impl Fn(u64) -> bool + Send + 'static) {
        *self.0.refused.lock().unwrap() = Box::new(refused);
    }

    /// A worker that writes to it: all of a batch, or nothing.
    pub(crate) fn worker(&self, queue: &WriteBehind<u64>) -> Worker {
        let database = self.clone();
        queue.work(move |batch| {
            let database = database.clone();
            async move { database.write(batch).await }
        })
    }

    pub(crate) async fn write(&self, batch: Batch<u64>) -> Result<(), String> {
        self.0.batches.lock().unwrap().push(batch.len());
        self.0.gate.subscribe().wait_for(|is_open| *is_open).await.expect("we hold the sender");
        for record in &batch {
            if (self.0.refused.lock().unwrap())(record.value) {
                return Err(format!("{} is refused", record.value));
            }
        }
        self.0
            .rows
            .lock()
            .unwrap()
            .extend(batch.into_iter().map(|record| (record.key, record.value)));
        Ok(())
    }

    /// All that was written, in order, by key.
    pub(crate) fn by_key(&self) -> BTreeMap<String, Vec<u64>> {
        let mut by_key: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for (key, value) in &*self.0.rows.lock().unwrap() {
            by_key.entry(key.clone()).or_default().push(*value);
        }
        by_key
    }

    /// What was written of one key, in order.
    pub(crate) fn of(&self, key: &str) -> Vec<u64> {
        self.by_key().remove(key).unwrap_or_default()
    }

    /// How many records each call was given.
    pub(crate) fn batches(&self) -> Vec<usize> {
        self.0.batches.lock().unwrap().clone()
    }
}

/// Bounds what would otherwise wait for ever.
pub(crate) async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("not within {PATIENCE:?}: {what}"))
}

pub(crate) async fn flush<T>(queue: &WriteBehind<T>) {
    soon("the flush", queue.flush()).await.expect("Redis answers");
}
