//! Which cache a call uses: its scope's, or the process's.

use std::future::Future;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::Cache;
use crate::Error;
use crate::around::{self, Around};
use crate::call::Engine;

tokio::task_local! {
    static SCOPED: Cache;
}

static DEFAULT: OnceLock<Default> = OnceLock::new();

struct Default {
    cache: Cache,
    is_installed: bool,
}

/// The cache that a call uses. The default, that of most calls, takes no atomic write.
pub(crate) enum Current {
    Own(Cache),
    Default(&'static Cache),
}

impl Deref for Current {
    type Target = Cache;

    #[inline]
    fn deref(&self) -> &Cache {
        match self {
            Self::Own(cache) => cache,
            Self::Default(cache) => cache,
        }
    }
}

impl AsRef<Arc<Engine>> for Current {
    fn as_ref(&self) -> &Arc<Engine> {
        self.engine()
    }
}

pub(crate) fn current() -> Current {
    SCOPED
        .try_with(|cache| Current::Own(cache.clone()))
        .unwrap_or_else(|_| Current::Default(default()))
}

/// The cache of all calls around which none is set.
#[inline]
pub(crate) fn default() -> &'static Cache {
    let built = || Default { cache: from_environment(), is_installed: false };
    &DEFAULT.get_or_init(built).cache
}

/// Uses the cache that [`current`] would be, without a handle of its own.
pub(crate) fn with_current<T>(use_it: impl Fn(&Cache) -> T) -> T {
    SCOPED.try_with(&use_it).unwrap_or_else(|_| use_it(default()))
}

pub(super) fn install(cache: Cache) -> Result<(), Error> {
    DEFAULT.set(Default { cache, is_installed: true }).map_err(|_| {
        let was_installed = DEFAULT.get().is_some_and(|default| default.is_installed);
        Error::installed(if was_installed { "installed" } else { "in use" })
    })
}

pub(super) fn scope<F: Future>(cache: Cache, future: F) -> impl Future<Output = F::Output> {
    around::set(&SCOPED, cache, future)
}

/// `body` with the cache that is current here, for a body that may run in a task of its own.
pub(crate) fn in_same_scope<Fut: Future>(
    body: impl FnOnce() -> Fut,
) -> impl FnOnce() -> Around<Cache, Fut> {
    let here = current().clone();
    move || around::set(&SCOPED, here, body())
}

#[cfg(feature = "redis")]
fn from_environment() -> Cache {
    let Some(url) = std::env::var_os("REDIS_URL").filter(|url| !url.is_empty()) else {
        return in_memory("REDIS_URL is not set");
    };
    let built = match url.into_string() {
        Ok(url) => Cache::builder().redis(url).build(),
        Err(_) => Err(Error::setting("redis", "REDIS_URL is not UTF-8")),
    };
    built.unwrap_or_else(|error| {
        tracing::error!(%error, "REDIS_URL is of no use: nothing is cached");
        Cache::misconfigured("REDIS_URL", &error)
    })
}

#[cfg(not(feature = "redis"))]
fn from_environment() -> Cache {
    in_memory("no cache was installed")
}

fn in_memory(why: &'static str) -> Cache {
    tracing::warn!(
        why,
        "entries are cached in this process only: install a cache, or set REDIS_URL"
    );
    Cache::in_memory()
}
