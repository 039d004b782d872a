use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, key = "user:{id")]
async fn not_closed(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, key = "user:id}")]
async fn not_opened(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, key = "user:{}")]
async fn empty(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, key = "user:{id:?}")]
async fn format(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, key = "user:{let}")]
async fn no_expression(id: u8) -> u8 {
    id
}

fn main() {}
