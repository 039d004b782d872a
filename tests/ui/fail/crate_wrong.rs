use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, crate = 5)]
async fn number(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, crate = "not a path")]
async fn text(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, crate)]
async fn flag(id: u8) -> u8 {
    id
}

fn main() {}
