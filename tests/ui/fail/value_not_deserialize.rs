use cached_runtime::redis_cache;

#[derive(serde::Serialize)]
struct User {
    id: u8,
}

#[redis_cache(ttl = 300)]
async fn whole(id: u8) -> User {
    User { id }
}

#[redis_cache(ttl = 300)]
async fn in_a_list(id: u8) -> Result<Vec<User>, String> {
    Ok(vec![User { id }])
}

fn main() {}
