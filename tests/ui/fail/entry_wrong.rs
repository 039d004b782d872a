use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, entry = true)]
async fn by_default(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, entry)]
async fn flag(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, entry = "find_user")]
async fn text(id: u8) -> u8 {
    id
}

fn main() {
    by_default::entry(1);
}
