use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, ttl_jitter = 1.5)]
async fn too_large(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, ttl_jitter = 0.0)]
async fn zero(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, ttl_jitter = -0.1)]
async fn negative(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, ttl_jitter = 10)]
async fn percent(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, ttl_jitter = "10%")]
async fn text(id: u8) -> u8 {
    id
}

fn main() {}
