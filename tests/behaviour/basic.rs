//! The steps of a store, on every kind of one: those that have all of them, and those that only have what they must.

use std::time::Duration;

use cached_runtime::{Bytes, RedisStore, Store, StoreFuture};

/// A store of one's own without the steps that have a default.
pub(crate) struct Basic<S>(pub(crate) S);

impl<S: Store> Store for Basic<S> {
    fn get<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
        self.0.get(slot)
    }

    fn get_with_ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<(Bytes, Duration)>> {
        self.0.get_with_ttl(slot)
    }

    fn get_and_renew<'a>(&'a self, slot: &'a str, ttl: Duration) -> StoreFuture<'a, Option<Bytes>> {
        self.0.get_and_renew(slot, ttl)
    }

    fn set<'a>(&'a self, slot: &'a str, value: Bytes, ttl: Duration) -> StoreFuture<'a, ()> {
        self.0.set(slot, value, ttl)
    }

    fn set_if_absent<'a>(
        &'a self,
        slot: &'a str,
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        self.0.set_if_absent(slot, value, ttl)
    }

    fn set_if_starts<'a>(
        &'a self,
        slot: &'a str,
        start: &'a [u8],
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, bool> {
        self.0.set_if_starts(slot, start, value, ttl)
    }

    fn delete<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, bool> {
        self.0.delete(slot)
    }

    fn delete_if_starts<'a>(&'a self, slot: &'a str, start: &'a [u8]) -> StoreFuture<'a, bool> {
        self.0.delete_if_starts(slot, start)
    }

    fn ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
        self.0.ttl(slot)
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a str) -> StoreFuture<'a, u64> {
        self.0.delete_prefix(prefix)
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        self.0.ping()
    }
}

/// Longer than any pause of a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) const MINUTE: Duration = Duration::from_secs(60);

pub(crate) fn open(url: String) -> RedisStore {
    RedisStore::open(url, PATIENCE).expect("the URL is right")
}

pub(crate) fn bytes(content: &[u8]) -> Bytes {
    Bytes::copy_from_slice(content)
}

/// Whether that much is left of it, as soon as a test can ask.
pub(crate) fn about(left: Option<Duration>, expected: Duration) -> bool {
    left.is_some_and(|left| left <= expected && left + PATIENCE > expected)
}

/// Runs each test on every kind of store.
macro_rules! on_all_kinds {
    ($($(#[$attr:meta])* async fn $name:ident($store:ident) $body:block)*) => {$(
        mod $name {
            use super::*;
            use $crate::basic::Basic;

            $(#[$attr])*
            async fn test($store: std::sync::Arc<dyn cached_runtime::Store>) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn memory() {
                test(std::sync::Arc::new(cached_runtime::MemoryStore::default())).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn basic_memory() {
                test(std::sync::Arc::new(Basic(cached_runtime::MemoryStore::default()))).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn redis() {
                let server = support::RedisServer::start().await;
                test(std::sync::Arc::new($crate::basic::open(server.url()))).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn basic_redis() {
                let server = support::RedisServer::start().await;
                test(std::sync::Arc::new(Basic($crate::basic::open(server.url())))).await;
            }
        }
    )*};
}

pub(crate) use on_all_kinds;
