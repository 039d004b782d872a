use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, cache_if = true)]
async fn boolean(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, cache_if = "id > 0")]
async fn text(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, cache_if = |a, b| a > b)]
async fn two_parameters(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, cache_if(id > 0))]
async fn list(id: u8) -> u8 {
    id
}

fn main() {}
