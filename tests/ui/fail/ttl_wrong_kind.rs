use cached_runtime::redis_cache;

#[redis_cache(ttl)]
async fn flag(id: u8) -> u8 {
    id
}

#[redis_cache(ttl(300))]
async fn list(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = true)]
async fn boolean(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 'm')]
async fn character(id: u8) -> u8 {
    id
}

fn main() {}
