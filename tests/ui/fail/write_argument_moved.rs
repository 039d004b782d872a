use cached_runtime::{cache_invalidate, cache_put, redis_cache};

#[redis_cache(ttl = 300)]
async fn get_org(name: String) -> usize {
    name.len()
}

#[cache_invalidate(get_org(name))]
async fn moved_before(name: String) -> usize {
    name.len()
}

#[cache_put(get_org(name.clone()), value = name.len())]
async fn moved_by_the_body(name: String) -> usize {
    drop(name);
    5
}

fn main() {}
