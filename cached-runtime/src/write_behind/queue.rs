use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::pauses::Backoff;
use crate::call::Engine;
use crate::observe::Throttle;
use crate::store::redis::queue::Names;
use crate::store::{RedisStore, Store as _};
use crate::{Cache, Error};

/// One event of a kind in this time.
const EVENT_INTERVAL: Duration = Duration::from_secs(10);

/// What all that use a queue share.
pub(super) struct Queue {
    pub(super) cache: Cache,
    pub(super) names: Names,
    pub(super) settings: Settings,
    /// For each shard: there are new records. They are rung by pushes of this process, and by a worker's turns.
    pub(super) bells: Vec<Notify>,
    pub(super) failures: Throttle,
    pub(super) refusals: Throttle,
    pub(super) burials: Throttle,
}

#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) max_backlog: u64,
    pub(super) max_attempts: u32,
    pub(super) batch: usize,
    pub(super) shards: usize,
    pub(super) lease: Duration,
    pub(super) linger: Duration,
    pub(super) wait: Duration,
    pub(super) backoff: Backoff,
}

impl Queue {
    /// # Errors
    ///
    /// The cache is not in Redis.
    pub(super) fn new(cache: Cache, name: &str, settings: Settings) -> Result<Self, Error> {
        let queue = Self {
            names: Names::new(&cache.engine().namespace, name, settings.shards),
            bells: (0..settings.shards).map(|_| Notify::new()).collect(),
            failures: Throttle::new(EVENT_INTERVAL),
            refusals: Throttle::new(EVENT_INTERVAL),
            burials: Throttle::new(EVENT_INTERVAL),
            cache,
            settings,
        };
        queue.redis()?;
        Ok(queue)
    }

    pub(super) fn engine(&self) -> &Arc<Engine> {
        self.cache.engine()
    }

    pub(super) fn redis(&self) -> Result<&RedisStore, Error> {
        self.engine().store.as_ref().and_then(|store| store.redis()).ok_or_else(|| {
            let problem = "write-behind needs a cache in Redis: build it with `redis(url)`";
            Error::setting("write_behind", problem)
        })
    }
}
