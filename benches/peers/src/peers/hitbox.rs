//! `#[cached]` of `hitbox-fn`, over `hitbox-redis`, `hitbox-moka`, and the one before the other.

use std::sync::LazyLock;
use std::time::Duration;

use benches::Record;
use hitbox::concurrency::BroadcastConcurrencyManager;
use hitbox::offload::OffloadManager;
use hitbox::policy::ConcurrencyLimit;
use hitbox_backend::composition::{Compose, CompositionBackend};
use hitbox_backend::format::{BincodeFormat, JsonFormat};
use hitbox_fn::prelude::*;
use hitbox_moka::MokaBackend;
use hitbox_redis::{ConnectionMode, RedisBackend};
use serde::{Deserialize, Serialize};

use super::{CAPACITY, TTL, url};
use crate::body::{Who, body};

/// A record: hitbox asks for a trait of its own, which the other crate cannot give.
#[derive(Clone, Serialize, Deserialize, CacheableResponse)]
#[serde(transparent)]
pub(crate) struct Row {
    record: Record,
}

#[cached]
async fn plain(id: u64) -> Row {
    Row { record: body(Who::Hitbox, id).await }
}

#[cached]
async fn as_json(id: u64) -> Row {
    Row { record: body(Who::HitboxJson, id).await }
}

#[cached]
async fn bounded(id: u64) -> Row {
    Row { record: body(Who::HitboxBounded, id).await }
}

#[cached]
async fn local(id: u64) -> Row {
    Row { record: body(Who::InProcess, id).await }
}

#[cached]
async fn composed(id: u64) -> Row {
    Row { record: body(Who::InProcess, id).await }
}

/// One body at a time for a key, as its page says for production.
type OneBody = BroadcastConcurrencyManager<Row>;

/// As by default: bincode.
pub(crate) async fn in_redis(id: u64) -> Row {
    static CACHE: LazyLock<Cache<RedisBackend, OneBody>> = LazyLock::new(|| {
        let redis = RedisBackend::builder().connection(ConnectionMode::single(url()));
        cache(redis.build().expect("good settings"))
    });
    plain(id).cache(&*CACHE).await
}

/// With the format of ours.
pub(crate) async fn in_redis_as_json(id: u64) -> Row {
    static CACHE: LazyLock<Cache<RedisBackend<JsonFormat>, OneBody>> = LazyLock::new(|| {
        let redis = RedisBackend::builder().connection(ConnectionMode::single(url()));
        cache(redis.value_format(JsonFormat).build().expect("good settings"))
    });
    as_json(id).cache(&*CACHE).await
}

/// With the bounds of ours, and without repetitions.
pub(crate) async fn in_redis_bounded(id: u64) -> Row {
    static CACHE: LazyLock<Cache<RedisBackend, OneBody>> = LazyLock::new(|| {
        let redis = RedisBackend::builder()
            .connection(ConnectionMode::single(url()))
            .connection_timeout(Duration::from_millis(100))
            .response_timeout(Duration::from_millis(100))
            .retries(0);
        cache(redis.build().expect("good settings"))
    });
    bounded(id).cache(&*CACHE).await
}

/// In the process, in the format that its page recommends.
pub(crate) async fn in_process(id: u64) -> Row {
    static CACHE: LazyLock<Cache<MokaBackend<BincodeFormat>, OneBody>> =
        LazyLock::new(|| cache(moka()));
    local(id).cache(&*CACHE).await
}

/// In the process before Redis. No process hears of another's changes.
pub(crate) async fn in_process_before_redis(id: u64) -> Row {
    type Both = CompositionBackend<MokaBackend<BincodeFormat>, RedisBackend, OffloadManager>;
    static CACHE: LazyLock<Cache<Both, OneBody>> = LazyLock::new(|| {
        let redis = RedisBackend::builder().connection(ConnectionMode::single(url()));
        cache(
            moka().compose(redis.build().expect("good settings"), OffloadManager::with_defaults()),
        )
    });
    composed(id).cache(&*CACHE).await
}

fn moka() -> MokaBackend<BincodeFormat> {
    MokaBackend::builder().max_entries(CAPACITY as u64).value_format(BincodeFormat).build()
}

fn cache<B: hitbox::backend::CacheBackend>(backend: B) -> Cache<B, OneBody> {
    let one = ConcurrencyLimit::new(1).expect("from 1 to 255");
    Cache::builder()
        .backend(backend)
        .policy(PolicyConfig::builder().ttl(TTL).concurrency(one).build())
        .concurrency_manager(OneBody::new())
        .build()
}
