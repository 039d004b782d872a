//! cached-runtime.

use std::sync::LazyLock;

use benches::Record;
use benches::bare::OP_TIMEOUT;
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

/// As [`record`], with the default bounds.
pub(crate) async fn with_defaults(id: u64) -> Record {
    static CACHE: LazyLock<Cache> =
        LazyLock::new(|| Cache::builder().redis(super::url()).build().expect("good settings"));
    CACHE.scope(record(id)).await
}

/// Makes the server's cache the one of all calls, with the bounds of [`by_hand`](super::by_hand).
pub(crate) fn install() {
    let cache = Cache::builder().redis(super::url()).op_timeout(OP_TIMEOUT).build();
    cache.expect("good settings").install().expect("the first cache");
}
