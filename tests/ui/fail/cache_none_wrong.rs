use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, cache_none)]
async fn flag(id: u8) -> Option<u8> {
    Some(id)
}

#[redis_cache(ttl = 300, cache_none = "no")]
async fn text(id: u8) -> Option<u8> {
    Some(id)
}

#[redis_cache(ttl = 300, cache_none = 0)]
async fn number(id: u8) -> Option<u8> {
    Some(id)
}

fn main() {}
