use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, sliding, stale_while_revalidate = 60)]
async fn while_revalidate(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, stale_if_error = 60, early_refresh = 1.0, sliding)]
async fn two(id: u8) -> Result<u8, String> {
    Ok(id)
}

fn main() {}
