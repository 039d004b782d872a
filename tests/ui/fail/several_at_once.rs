use cached_runtime::redis_cache;

#[redis_cache(
    ttl = "5 minutes",
    prefix = 7,
    perfix = "user",
    key = "user:{di}",
    skip(connection, self),
    version = "",
    ttl_jitter = 2.0,
    sliding = true,
    cache_none = 1,
    none_ttl = 0,
    cache_if = 5,
    codec = "json",
    max_size = "1MB",
    crate = 1,
)]
async fn everything(id: u8) -> u8 {
    id
}

#[redis_cache(prefix = "")]
const fn and_the_function(id: u8) -> impl Clone {
    id
}

fn main() {}
