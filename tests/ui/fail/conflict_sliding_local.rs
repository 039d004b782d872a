use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, sliding, local = "30s")]
async fn sliding_and_local(id: u8) -> u8 {
    id
}

fn main() {}
