use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, compress = 1024)]
async fn several(id: u8) -> u8 {
    id
}

fn main() {}
