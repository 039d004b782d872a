use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, max_size = "64KB")]
async fn text(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, max_size = 0)]
async fn zero(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, max_size = -1)]
async fn negative(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, max_size = 64.0)]
async fn fraction(id: u8) -> u8 {
    id
}

fn main() {}
