use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, stale_while_revalidate = 0)]
async fn zero(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, stale_if_error = "5")]
async fn without_a_unit(id: u8) -> Result<u8, String> {
    Ok(id)
}

#[redis_cache(ttl = 300, stale_while_revalidate, stale_if_error(60))]
async fn no_value(id: u8) -> Result<u8, String> {
    Ok(id)
}

#[redis_cache(ttl = 300, stale_if_error = |_| std::time::Duration::from_secs(1))]
async fn closure(id: u8) -> Result<u8, String> {
    Ok(id)
}

#[redis_cache(ttl = 300, stale_while_revalidate = -1, stale_if_error = 1.5)]
async fn other_numbers(id: u8) -> Result<u8, String> {
    Ok(id)
}

#[redis_cache(ttl = 300, stale_while_revalidate = WINDOW)]
async fn not_a_duration(id: u8) -> u8 {
    id
}

const WINDOW: u64 = 60;

fn main() {}
