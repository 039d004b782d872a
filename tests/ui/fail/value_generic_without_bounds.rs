use cached_runtime::redis_cache;

#[redis_cache(ttl = 300)]
async fn default<T: Default>() -> T {
    T::default()
}

fn main() {}
