use cached_runtime::{cache_invalidate, cache_put, redis_cache};

#[redis_cache(ttl = 300)]
async fn get_user(id: u8) -> u8 {
    id
}

#[cache_put(get_user(result), value = *result)]
async fn known_too_late(id: u8) -> u8 {
    id
}

#[cache_invalidate(get_user(result), tags = ["user:{result}"])]
async fn named_result(result: u8) -> u8 {
    result
}

#[cache_put(get_user(1), value = result + 1)]
async fn named_result_too(result: u8) -> u8 {
    result
}

fn main() {}
