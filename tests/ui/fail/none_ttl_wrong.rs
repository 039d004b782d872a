use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, none_ttl = |_| std::time::Duration::from_secs(1))]
async fn closure(id: u8) -> Option<u8> {
    Some(id)
}

#[redis_cache(ttl = 300, none_ttl = 0)]
async fn zero(id: u8) -> Option<u8> {
    Some(id)
}

#[redis_cache(ttl = 300, none_ttl = "5")]
async fn without_a_unit(id: u8) -> Option<u8> {
    Some(id)
}

#[redis_cache(ttl = 300, none_ttl)]
async fn flag(id: u8) -> Option<u8> {
    Some(id)
}

fn main() {}
