use cached_runtime::{cache_invalidate, cache_put, redis_cache};

#[redis_cache(ttl = 300)]
async fn get_user(id: u8) -> u8 {
    id
}

#[cache_invalidate(get_user, Self::get_user)]
async fn names(id: u8) -> u8 {
    id
}

#[cache_invalidate(|id| get_user(id), format!("user:{id}"), "users")]
async fn other_things(id: u8) -> u8 {
    id
}

#[cache_put(get_user(id).await, &get_user(id + 1), get_user(id + 2)?)]
async fn more_than_a_call(id: u8) -> u8 {
    id
}

#[cache_invalidate((get_user)(id), (|| get_user)(id), #[inline] get_user(id + 1))]
async fn strange_calls(id: u8) -> u8 {
    id
}

#[cache_put(get_user(id), get_user(id + 1) get_user(id + 2), get_user(id +), get_user(id))]
async fn syntax(id: u8) -> u8 {
    id
}

fn main() {}
