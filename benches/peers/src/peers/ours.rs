//! cached-runtime.

use std::sync::{Arc, LazyLock};

use benches::Record;
use benches::bare::OP_TIMEOUT;
use cached_runtime::codec::{Codec, CodecError};
use cached_runtime::{Cache, redis_cache};

use crate::body::{Who, body};

#[redis_cache(ttl = super::TTL, prefix = "ours")]
pub(crate) async fn record(id: u64) -> Record {
    body(Who::Ours, id).await
}

/// Without the lease that lets one process of all run the body.
#[redis_cache(ttl = super::TTL, flight = "off")]
pub(crate) async fn off(id: u64) -> Record {
    body(Who::OursOff, id).await
}

/// In the format of `cached`: ours comes with JSON, which any other program can read.
#[redis_cache(ttl = super::TTL, codec = MessagePack)]
pub(crate) async fn packed(id: u64) -> Record {
    body(Who::OursPacked, id).await
}

struct MessagePack;

impl Codec<Record> for MessagePack {
    const NAME: &'static str = "rmp";

    fn encode(value: &Record, out: &mut Vec<u8>) -> Result<(), CodecError> {
        Ok(rmp_serde::encode::write(out, value)?)
    }

    fn decode(bytes: &[u8]) -> Result<Record, CodecError> {
        Ok(rmp_serde::from_slice(bytes)?)
    }
}

/// Also in the process. Redis is asked for it again after `local`, which is longer than it is measured.
#[redis_cache(ttl = super::TTL, local = "10m")]
pub(crate) async fn local_arc(id: u64) -> Arc<Record> {
    Arc::new(body(Who::InProcess, id).await)
}

#[redis_cache(ttl = super::TTL, local = "10m")]
pub(crate) async fn local(id: u64) -> Record {
    body(Who::InProcess, id).await
}

/// As [`record`], with the default bounds.
pub(crate) async fn with_defaults(id: u64) -> Record {
    static CACHE: LazyLock<Cache> =
        LazyLock::new(|| Cache::builder().redis(super::url()).build().expect("good settings"));
    CACHE.scope(record(id)).await
}

/// How many calls found their value in Redis, and not in the process.
pub(crate) fn hits_in_redis() -> u64 {
    Cache::current().stats().total.hits
}

/// Makes the server's cache the one of all calls, with the bounds of [`by_hand`](super::by_hand).
pub(crate) fn install() {
    let cache = Cache::builder().redis(super::url()).op_timeout(OP_TIMEOUT).build();
    cache.expect("good settings").install().expect("the first cache");
}
