use cached_runtime::redis_cache;

#[derive(serde::Deserialize)]
struct User {
    id: u8,
}

#[redis_cache(ttl = 300)]
async fn whole(id: u8) -> User {
    User { id }
}

#[redis_cache(ttl = 300)]
async fn in_a_result(id: u8) -> Result<Option<User>, String> {
    Ok(Some(User { id }))
}

fn main() {}
