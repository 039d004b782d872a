use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, prefix = "user", ttl = "5m")]
async fn find(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, sliding, sliding, key(id), key = "{id}")]
async fn several(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, wait = 1, flight = "process", wait = 2, flight = "off")]
async fn of_fills(id: u8) -> u8 {
    id
}

fn main() {}
