use std::time::Duration;

use cached_runtime::redis_cache;

#[redis_cache(ttl = |value| u64::from(*value))]
async fn number(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = |value: &String| Duration::from_secs(value.len() as u64))]
async fn of_another_value(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = |value| Duration::from_secs(u64::from(id + value)))]
async fn of_an_argument(id: u8) -> u8 {
    id
}

fn main() {}
