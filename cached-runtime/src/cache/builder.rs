//! The settings of a cache.

use std::time::Duration;

use super::Cache;
use crate::Error;
use crate::call::Settings;
use crate::key::push_escaped;
use crate::local::Budget;
#[cfg(feature = "redis")]
use crate::store::RedisStore;
use crate::store::{Bounded, Held, Store};

/// Settings of a [`Cache`], checked all by [`build`](CacheBuilder::build).
#[must_use = "a builder does nothing until `build` is called"]
pub struct CacheBuilder {
    place: Place,
    op_timeout: Duration,
    common: Common,
}

/// Where the slots are to be.
enum Place {
    Nowhere,
    #[cfg(feature = "redis")]
    Redis(String),
    Custom(Box<dyn FnOnce(Duration) -> Box<dyn Store> + Send>),
}

/// What is set whatever the store.
pub(super) struct Common {
    namespace: String,
    version: String,
    max_size: usize,
    refills: usize,
    local: Budget,
}

impl Common {
    pub(super) fn settings(&self) -> Settings {
        let mut namespace = String::new();
        push_escaped(&mut namespace, &self.namespace);
        Settings {
            namespace,
            start: self.start(),
            max_size: self.max_size,
            refills: self.refills,
            budget: self.local,
        }
    }

    /// `{namespace}:{version}:`, escaped.
    fn start(&self) -> String {
        let mut start = String::new();
        for part in [&self.namespace, &self.version] {
            if !part.is_empty() {
                push_escaped(&mut start, part);
                start.push(':');
            }
        }
        start
    }
}

impl Default for Common {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        let namespace = "cached".to_owned();
        let local = Budget { bytes: 64 * MIB, entries: usize::MAX };
        Self { namespace, version: String::new(), max_size: MIB, refills: 64, local }
    }
}

impl CacheBuilder {
    pub(super) fn new() -> Self {
        Self {
            place: Place::Nowhere,
            op_timeout: Duration::from_millis(100),
            common: Common::default(),
        }
    }

    /// Keeps the slots in the Redis (7.0 or later) or Valkey (7.2 or later) server at `url`:
    /// `redis://[user:password@]host[:port][/database]`, `rediss://…` (TLS, with the feature `tls`) or
    /// `unix:///path/to.sock?db=1`.
    #[cfg(feature = "redis")]
    pub fn redis(mut self, url: impl Into<String>) -> Self {
        self.place = Place::Redis(url.into());
        self
    }

    /// Keeps the slots in `store`: a [`MemoryStore`](crate::MemoryStore), or one of your own.
    pub fn store(mut self, store: impl Store) -> Self {
        self.place = Place::Custom(Box::new(|limit| Box::new(Bounded::new(store, limit))));
        self
    }

    /// The first part of every slot's name: `"cached"` by default. Programs that share a server and are not to
    /// share entries need different ones; [`Cache::clear`] empties one.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.common.namespace = namespace.into();
        self
    }

    /// The second part of every slot's name; none by default. A new one makes all entries of the others unseen, for
    /// example when the types of the cached values have changed.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.common.version = version.into();
        self
    }

    /// How long a step of the store may take: 100 ms by default. A hit takes one step, a miss three (one more, once,
    /// when the server has forgotten its scripts). A call takes at most so many times this longer than its body, beside
    /// its `wait` for others.
    pub fn op_timeout(mut self, limit: Duration) -> Self {
        self.op_timeout = limit;
        self
    }

    /// The largest encoding of a value that is stored, in bytes, for functions without a `max_size` of their own:
    /// 1 MiB by default. Larger results are returned all the same. All calls share one connection, so replies of
    /// many megabytes need an `op_timeout` to match.
    pub fn max_size(mut self, bytes: usize) -> Self {
        self.common.max_size = bytes;
        self
    }

    /// How many stale entries are refilled in the background at once: 64 by default. Beyond, stale values are served
    /// and not refilled by that call. With 0, `stale_while_revalidate` serves stale values until they are over.
    pub fn background_refills(mut self, most: usize) -> Self {
        self.common.refills = most;
        self
    }

    /// How much memory the values that `local` keeps in the process may take, of all functions of this cache together, in
    /// bytes: 64 MiB by default. Those that are used least make room (S3-FIFO, Yang et al., SOSP 2023, by `quick_cache`).
    ///
    /// What a value takes is estimated, by the parts that its `Serialize` shows. Large ones that it does not show, such as a
    /// field with `#[serde(skip)]`, count for nothing: for these bound [`local_entries`](Self::local_entries), or tell the
    /// size by [`Codec::weight`](crate::codec::Codec::weight). Half a megabyte for what has changed comes beside it.
    ///
    /// The memory is divided into up to four parts for each thread of the machine, of 2 MiB at the least. A value that is
    /// larger than a part is not kept.
    pub fn local_bytes(mut self, bytes: usize) -> Self {
        self.common.local.bytes = bytes;
        self
    }

    /// How many values `local` may keep in the process, of all functions of this cache together; as many as
    /// [`local_bytes`](Self::local_bytes) has room for by default.
    pub fn local_entries(mut self, entries: usize) -> Self {
        self.common.local.entries = entries;
        self
    }

    /// The cache. It checks the settings and does not connect: that happens at the first call.
    ///
    /// # Errors
    ///
    /// A setting is wrong; the error names it.
    pub fn build(self) -> Result<Cache, Error> {
        if self.common.namespace.is_empty() {
            let problem = "it is empty: `clear` empties all that starts with it";
            return Err(Error::setting("namespace", problem));
        }
        if self.op_timeout.is_zero() {
            return Err(Error::setting("op_timeout", "zero leaves no time for any step"));
        }
        if self.common.max_size == 0 {
            return Err(Error::setting("max_size", "zero stores nothing: use `Cache::disabled()`"));
        }
        for (setting, value) in
            [("local_bytes", self.common.local.bytes), ("local_entries", self.common.local.entries)]
        {
            if value == 0 {
                let problem = "zero keeps nothing in the process: leave out `local` instead";
                return Err(Error::setting(setting, problem));
            }
        }
        let store = match self.place {
            Place::Nowhere => {
                let problem = "there is none: call `redis(url)` or `store(MemoryStore::default())`";
                return Err(Error::setting("store", problem));
            }
            #[cfg(feature = "redis")]
            Place::Redis(url) => {
                let probe = self.common.start() + "probe";
                Held::Redis(RedisStore::open_with_probe(&url, self.op_timeout, probe)?)
            }
            Place::Custom(bounded) => Held::Other(bounded(self.op_timeout)),
        };
        Ok(Cache::of(Some(store), &self.common))
    }
}

impl std::fmt::Debug for CacheBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the URL: it may hold a password.
        f.debug_struct("CacheBuilder")
            .field("namespace", &self.common.namespace)
            .field("version", &self.common.version)
            .field("op_timeout", &self.op_timeout)
            .field("max_size", &self.common.max_size)
            .field("background_refills", &self.common.refills)
            .field("local", &self.common.local)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryStore;

    #[test]
    fn each_wrong_setting_is_named() {
        let builder = || Cache::builder().store(MemoryStore::default());
        for (built, name) in [
            (Cache::builder().build(), "`store`"),
            (builder().namespace("").build(), "`namespace`"),
            (builder().op_timeout(Duration::ZERO).build(), "`op_timeout`"),
            (builder().max_size(0).build(), "`max_size`"),
            (builder().local_bytes(0).build(), "`local_bytes`"),
            (builder().local_entries(0).build(), "`local_entries`"),
        ] {
            let error = built.unwrap_err();
            assert!(error.is_setting() && error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn parts_of_a_name_can_not_reach_into_each_other() {
        let start = |namespace: &str, version: &str| {
            let cache = Cache::builder().store(MemoryStore::default());
            cache.namespace(namespace).version(version).build().unwrap().engine().start.clone()
        };
        assert_eq!(start("shop", "v3"), "shop:v3:");
        assert_eq!(start("shop", ""), "shop:");
        assert_eq!(start("shop:v3", ""), "shop%3Av3:");
    }
}
