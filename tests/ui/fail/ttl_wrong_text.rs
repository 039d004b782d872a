use cached_runtime::redis_cache;

#[redis_cache(ttl = "300")]
async fn without_a_unit(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = "5min")]
async fn unknown_unit(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = "soon")]
async fn no_number(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = "0s")]
async fn zero(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = "")]
async fn empty(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = "99999999999w")]
async fn too_long(id: u8) -> u8 {
    id
}

fn main() {}
