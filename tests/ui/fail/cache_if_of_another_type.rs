use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, cache_if = |value| value.len())]
async fn number(id: u8) -> Vec<u8> {
    vec![id]
}

fn is_even(number: u8) -> bool {
    number % 2 == 0
}

#[redis_cache(ttl = 300, cache_if = is_even)]
async fn by_value(id: u8) -> u8 {
    id
}

fn main() {}
