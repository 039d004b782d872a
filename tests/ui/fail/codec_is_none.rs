use cached_runtime::redis_cache;

struct Upside;

#[redis_cache(ttl = 300, codec = Upside)]
async fn no_codec(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, codec = crate::Nowhere)]
async fn no_type(id: u8) -> u8 {
    id
}

fn main() {}
