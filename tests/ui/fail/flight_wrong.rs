use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, flight)]
async fn flag(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, flight = "proces")]
async fn one_letter(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, flight = off)]
async fn without_quotes(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, flight = false)]
async fn boolean(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, flight = "everybody")]
async fn far_from_all(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, flight = "Process")]
async fn upper_case(id: u8) -> u8 {
    id
}

fn main() {}
