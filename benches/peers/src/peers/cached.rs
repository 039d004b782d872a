//! `#[concurrent_cached]` of `cached` on Redis. Its functions return `Result`: an error of Redis is the caller's.

use benches::Record;
use cached::macros::concurrent_cached;
use cached::{AsyncRedisCache, RedisCacheError};

use super::{TTL, url};
use crate::body::{Who, body};

/// As the macro makes it of `redis = true`: one multiplexed connection, MessagePack.
#[concurrent_cached(ty = "AsyncRedisCache<u64, Record>", create = { store("plain", false, false).await })]
pub(crate) async fn record(id: u64) -> Result<Record, RedisCacheError> {
    Ok(body(Who::Cached, id).await)
}

/// With the feature that reconnects.
#[concurrent_cached(ty = "AsyncRedisCache<u64, Record>", create = { store("manager", true, false).await })]
pub(crate) async fn with_manager(id: u64) -> Result<Record, RedisCacheError> {
    Ok(body(Who::CachedManager, id).await)
}

/// With client-side caching: the client of Redis keeps replies, and is told of changes.
#[concurrent_cached(ty = "AsyncRedisCache<u64, Record>", create = { store("client_side", false, true).await })]
pub(crate) async fn client_side(id: u64) -> Result<Record, RedisCacheError> {
    Ok(body(Who::InProcess, id).await)
}

async fn store(prefix: &str, manager: bool, client_side: bool) -> AsyncRedisCache<u64, Record> {
    AsyncRedisCache::builder(prefix)
        .connection_string(url())
        .ttl(TTL)
        .connection_manager(manager)
        .client_side_caching(client_side)
        .build()
        .await
        .expect("the server is up")
}
