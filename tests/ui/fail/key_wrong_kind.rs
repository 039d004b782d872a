use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, key = id)]
async fn expression(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, key)]
async fn flag(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, key())]
async fn empty_list(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, key = "")]
async fn empty_text(id: u8) -> u8 {
    id
}

fn main() {}
