use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, lease = 0)]
async fn no_lease(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, lease, wait)]
async fn flags(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, lease = "10", wait = 0.5)]
async fn no_durations(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, wait = -1)]
async fn negative(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, lease = LEASE)]
async fn not_a_duration(id: u8) -> u8 {
    id
}

const LEASE: u64 = 10;

fn main() {}
