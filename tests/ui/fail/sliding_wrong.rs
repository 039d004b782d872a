use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, sliding = true)]
async fn on(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, sliding = false)]
async fn off(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, sliding(id))]
async fn list(id: u8) -> u8 {
    id
}

fn main() {}
