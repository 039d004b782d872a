use cached_runtime::redis_cache;

const USER: &str = "user";

#[redis_cache(ttl = 300, prefix = 5)]
async fn number(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, prefix = "")]
async fn empty(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, prefix = USER)]
async fn constant(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, prefix)]
async fn flag(id: u8) -> u8 {
    id
}

fn main() {}
