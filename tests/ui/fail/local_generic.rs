use std::sync::Arc;

use cached_runtime::redis_cache;
use serde::Serialize;
use serde::de::DeserializeOwned;

#[redis_cache(ttl = 300, local = "30s")]
async fn without_bounds<T: Default + Serialize + DeserializeOwned>() -> T {
    T::default()
}

#[redis_cache(ttl = 300, local = "30s")]
async fn not_shared<T: Default + Serialize + DeserializeOwned>() -> Arc<T> {
    Arc::default()
}

fn main() {}
