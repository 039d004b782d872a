//! The settings of a write-behind queue.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;

use super::WriteBehind;
use super::pauses::Backoff;
use super::queue::{Queue, Settings};
use crate::policy::LONGEST;
use crate::{Cache, Error};

/// Beyond, a worker's turn would keep Redis busy for too long.
const MOST_SHARDS: usize = 256;

/// As many ids go into one acknowledgement.
const LARGEST_BATCH: usize = 5_000;

/// A lease is kept by several steps in its time.
const SHORTEST_LEASE: Duration = Duration::from_millis(100);

/// Settings of a [`WriteBehind`] queue, checked all by [`build`](WriteBehindBuilder::build). All processes that use a queue
/// are to give it the same; the number of [`shards`](WriteBehindBuilder::shards) must be.
#[must_use = "a builder does nothing until `build` is called"]
pub struct WriteBehindBuilder<T> {
    cache: Cache,
    name: String,
    settings: Settings,
    records: PhantomData<fn(T) -> T>,
}

impl<T: Serialize + DeserializeOwned> WriteBehindBuilder<T> {
    pub(super) fn new(cache: &Cache, name: String) -> Self {
        let settings = Settings {
            max_backlog: 100_000,
            max_attempts: 10,
            batch: 500,
            shards: 16,
            lease: Duration::from_secs(10),
            linger: Duration::from_millis(10),
            wait: Duration::from_secs(5),
            backoff: Backoff {
                first: Duration::from_millis(200),
                longest: Duration::from_secs(60),
            },
        };
        Self { cache: cache.clone(), name, settings, records: PhantomData }
    }

    /// How many records may be in the queue, those that are being worked on included and dead letters not: 100,000 by
    /// default. A push that finds as many [waits](Self::wait), and then fails.
    pub fn max_backlog(mut self, records: u64) -> Self {
        self.settings.max_backlog = records;
        self
    }

    /// How often a record is tried by itself before it becomes a dead letter: 10 times by default, which with the default
    /// [`backoff`](Self::backoff) takes between one and two minutes.
    pub fn max_attempts(mut self, times: u32) -> Self {
        self.settings.max_attempts = times;
        self
    }

    /// How many records the worker's function is given at once, at most: 500 by default, of at most 5,000. Redis is to hand
    /// over as many within the cache's `op_timeout`; if it does not, a worker asks for fewer.
    pub fn batch(mut self, records: usize) -> Self {
        self.settings.batch = records;
        self
    }

    /// How many streams the queue has: 16 by default, of at most 256. A key's records are all in one, and one worker at a
    /// time works on a stream: so this is how many workers can be busy. It can't be changed while there is something in
    /// the queue.
    pub fn shards(mut self, streams: usize) -> Self {
        self.settings.shards = streams;
        self
    }

    /// How long after the death of a worker another one takes its shards over: 10 s by default, at least 100 ms, and
    /// several times the cache's `op_timeout`. A worker that can't reach Redis for so long drops the function's future:
    /// by then another worker may be at the same records.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.settings.lease = lease.min(LONGEST);
        self
    }

    /// How long a worker that was idle lets records gather before it takes a batch: 10 ms by default. The longer, the
    /// more increments of one counter become one `UPDATE`.
    pub fn linger(mut self, linger: Duration) -> Self {
        self.settings.linger = linger.min(LONGEST);
        self
    }

    /// How long a push waits while the queue is full: 5 s by default. Zero has it fail at once.
    pub fn wait(mut self, wait: Duration) -> Self {
        self.settings.wait = wait.min(LONGEST);
        self
    }

    /// The pause before a record that failed is tried again: `first` after the first time, then twice as long each time, up
    /// to `longest` (less up to half of it at random). 200 ms and 60 s by default.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        let (first, longest) = (first.min(LONGEST), longest.min(LONGEST));
        self.settings.backoff = Backoff { first, longest };
        self
    }

    /// The queue. It checks the settings and does not connect: that happens at the first push, or by a worker.
    ///
    /// # Errors
    ///
    /// A setting is wrong, or the cache is not in Redis; the error names it.
    pub fn build(self) -> Result<WriteBehind<T>, Error> {
        let wrong = |setting, problem: &str| Err(Error::setting(setting, problem));
        let Settings { max_backlog, max_attempts, batch, shards, lease, backoff, .. } =
            &self.settings;
        if self.name.is_empty() {
            return wrong("write_behind", "the queue has no name: give it one");
        }
        if *max_backlog == 0 {
            return wrong("max_backlog", "zero lets no record in");
        }
        if *max_attempts == 0 {
            return wrong("max_attempts", "zero makes every record a dead letter: use at least 1");
        }
        if !(1..=LARGEST_BATCH).contains(batch) {
            return wrong("batch", "it is to be between 1 and 5,000 records");
        }
        if !(1..=MOST_SHARDS).contains(shards) {
            return wrong("shards", "there are to be between 1 and 256");
        }
        if *lease < SHORTEST_LEASE {
            return wrong("lease", "it is to be at least 100 ms, so that it can be kept");
        }
        if backoff.first > backoff.longest {
            return wrong("backoff", "the first pause is longer than the longest: swap them");
        }
        Ok(WriteBehind::new(Queue::new(self.cache, &self.name, self.settings)?))
    }
}

impl<T> fmt::Debug for WriteBehindBuilder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteBehindBuilder")
            .field("name", &self.name)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_setting_is_named() {
        let cache = Cache::builder().redis("redis://127.0.0.1/").build().unwrap();
        let queue = || cache.write_behind::<u8>("views");
        for (built, name) in [
            (cache.write_behind::<u8>("").build(), "write_behind"),
            (Cache::in_memory().write_behind("views").build(), "write_behind"),
            (Cache::disabled().write_behind("views").build(), "write_behind"),
            (queue().max_backlog(0).build(), "max_backlog"),
            (queue().max_attempts(0).build(), "max_attempts"),
            (queue().batch(0).build(), "batch"),
            (queue().batch(5_001).build(), "batch"),
            (queue().shards(0).build(), "shards"),
            (queue().shards(257).build(), "shards"),
            (queue().lease(Duration::from_millis(99)).build(), "lease"),
            (queue().backoff(Duration::from_secs(2), Duration::from_secs(1)).build(), "backoff"),
        ] {
            let error = built.expect_err(name);
            assert!(error.is_setting() && error.to_string().contains(name), "{name}: {error}");
        }
        assert!(queue().build().is_ok());
    }
}
