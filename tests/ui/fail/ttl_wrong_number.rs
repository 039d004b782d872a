use cached_runtime::redis_cache;

#[redis_cache(ttl = 0)]
async fn zero(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = -5)]
async fn negative(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 1.5)]
async fn fraction(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300f32)]
async fn suffix(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 99999999999999999999)]
async fn too_large(id: u8) -> u8 {
    id
}

fn main() {}
