use cached_runtime::{cache_invalidate, cache_put, redis_cache};

#[redis_cache(ttl = 300)]
async fn get_user(id: u8) -> u8 {
    id
}

#[cache_invalidate(get_user(id), tag = ["users"], leese = 5, ttl = 300)]
async fn unknown(id: u8) -> u8 {
    id
}

#[cache_put(get_user(id), valeu = result, key = 5)]
async fn unknown_of_put(id: u8) -> u8 {
    id
}

#[cache_invalidate(get_user(id), value = 5)]
async fn value_of_invalidate(id: u8) -> u8 {
    id
}

#[cache_put(get_user(id), get_user(id), tags = ["users"], tags = ["all"], value = 1, value = 2)]
async fn twice(id: u8) -> u8 {
    id
}

#[cache_invalidate(get_user(id), tags, lease, cache)]
async fn without_values(id: u8) -> u8 {
    id
}

#[cache_put(get_user(id), tags("users"), lease = 0, value(5))]
async fn otherwise_wrong(id: u8) -> u8 {
    id
}

#[cache_put(get_user(id), tags = [], lease = -5, value = , crate = 5)]
async fn wrong_values(id: u8) -> u8 {
    id
}

#[cache_invalidate(get_user(id), tags = ["user:{ib}", "user:{id"], lease = "5")]
async fn wrong_texts(id: u8) -> u8 {
    id
}

#[cache_invalidate(get_user(id), cache = CACHE)]
async fn cache_without_tags(id: u8) -> u8 {
    id
}

fn main() {}
