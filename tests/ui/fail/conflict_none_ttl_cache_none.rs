use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, cache_none = false, none_ttl = 30)]
async fn find(id: u8) -> Option<u8> {
    Some(id)
}

fn main() {}
