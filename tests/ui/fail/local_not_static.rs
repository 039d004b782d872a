use std::borrow::Cow;
use std::sync::Arc;

use cached_runtime::redis_cache;
use serde::Serialize;
use serde::de::DeserializeOwned;

#[redis_cache(ttl = 300, local = "30s")]
async fn parameter<T: Default + Clone + Send + Sync + Serialize + DeserializeOwned>() -> T {
    T::default()
}

#[redis_cache(ttl = 300, local = "30s")]
async fn parameter_in_an_arc<T: Default + Send + Sync + Serialize + DeserializeOwned>() -> Arc<T> {
    Arc::default()
}

fn main() {}
