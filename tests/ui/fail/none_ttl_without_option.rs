use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, none_ttl = 30)]
async fn with_a_ttl(id: u8) -> Result<u8, String> {
    Ok(id)
}

#[redis_cache(ttl = 300, cache_none = false)]
async fn not_cached(id: u8) -> Vec<u8> {
    vec![id]
}

fn main() {}
