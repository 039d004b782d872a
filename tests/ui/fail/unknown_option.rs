use cached_runtime::redis_cache;

#[redis_cache(tll = 300)]
async fn one_letter(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, perfix = "user")]
async fn swapped(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, cache_nones = false, ttl_jiter = 0.1, max_sise = 10)]
async fn several(id: u8) -> Option<u8> {
    Some(id)
}

#[redis_cache(ttl = 300, colour = "red")]
async fn far_from_all(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, TTL = 300)]
async fn upper_case(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, stale_while_revalidat = 5, stale_on_error = 5, early_refesh = 1.0, leese = 5)]
async fn of_fills(id: u8) -> u8 {
    id
}

fn main() {}
