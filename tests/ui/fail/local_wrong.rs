use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, local)]
async fn alone(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, local())]
async fn nothing(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, local = 0)]
async fn zero(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, local(ttl = 0, untracked = "0s", max_size = 0))]
async fn zeros(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, local = "30")]
async fn without_a_unit(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, local = |value| std::time::Duration::from_secs(1))]
async fn closure(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, local(ttl, max_size = "4KB", untracked = -1))]
async fn wrong_kinds(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, local(ttl = "5s", untracked = "5001ms"))]
async fn untracked_is_longer(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, local = DAY)]
async fn not_a_duration(id: u8) -> u8 {
    id
}

const DAY: u64 = 86_400;

fn main() {}
