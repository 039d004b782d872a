use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, version = -1)]
async fn negative(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, version = 1.2)]
async fn fraction(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, version = "")]
async fn empty(id: u8) -> u8 {
    id
}

fn main() {}
