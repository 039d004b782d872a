use cached_runtime::redis_cache;

#[redis_cache(ttl = 300)]
async fn whole(id: u8) -> impl Clone {
    id
}

#[redis_cache(ttl = 300)]
async fn in_a_result(id: u8) -> Result<Option<impl Iterator<Item = u8>>, String> {
    Ok(Some(0..id))
}

fn main() {}
