use cached_runtime::redis_cache;

#[redis_cache(ttl = 300)]
const fn constant(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300)]
async extern "C" fn foreign(id: u8) -> u8 {
    id
}

fn main() {}
