use cached_runtime::{cache_invalidate, cache_put, redis_cache};

#[redis_cache(ttl = 300)]
async fn get_user(id: u8) -> u8 {
    id
}

#[cache_invalidate(get_user(id))]
fn blocking(id: u8) -> u8 {
    id
}

#[cache_put(get_user(id))]
const fn constant(id: u8) -> u8 {
    id
}

#[cache_invalidate(get_user(id))]
async extern "C" fn foreign(id: u8) -> u8 {
    id
}

trait Users {
    #[cache_invalidate(get_user(id))]
    async fn without_body(&self, id: u8);
}

#[cache_put(get_user(id))]
async fn unnamed(id: u8) -> impl Copy {
    id
}

#[cache_put(get_user(id))]
async fn never(_id: u8) -> ! {
    loop {}
}

#[cache_invalidate(get_user(1))]
struct User;

fn main() {}
