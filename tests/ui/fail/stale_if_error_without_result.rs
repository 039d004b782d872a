use cached_runtime::redis_cache;

type Reply = Option<u8>;

#[redis_cache(ttl = 300, stale_if_error = 60)]
async fn number(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, stale_if_error = "1m", none_ttl = 30)]
async fn option(id: u8) -> Reply {
    Some(id)
}

fn main() {}
