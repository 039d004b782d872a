use cached_runtime::redis_cache;

#[redis_cache(300)]
async fn no_name(id: u8) -> u8 {
    id
}

#[redis_cache(ttl: 300)]
async fn colon(id: u8) -> u8 {
    id
}

#[redis_cache(ttl =, prefix = "user")]
async fn no_value(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300 prefix = "user")]
async fn no_comma(id: u8) -> u8 {
    id
}

fn main() {}
