use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, codec = "json")]
async fn text(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, codec)]
async fn flag(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, codec = Json::new())]
async fn value(id: u8) -> u8 {
    id
}

fn main() {}
