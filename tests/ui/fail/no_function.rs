use cached_runtime::redis_cache;

#[redis_cache(ttl = 300)]
struct User;

#[redis_cache(ttl = 300)]
mod users {}

#[redis_cache(ttl = 300)]
impl User {
    async fn find(id: u8) -> u8 {
        id
    }
}

fn main() {
    let _ = User;
}
