use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, key = "user:{user_ld}")]
async fn near(user_id: u8) -> u8 {
    user_id
}

#[redis_cache(ttl = 300, key = "user:{name}")]
async fn far(id: u8) -> u8 {
    id
}

fn main() {}
