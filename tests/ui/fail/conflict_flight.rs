use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, flight = "off", stale_while_revalidate = 60)]
async fn off(id: u8) -> u8 {
    id
}

#[redis_cache(
    ttl = 300,
    stale_if_error = 60,
    early_refresh = 1.0,
    flight = "off",
    lease = 10,
    wait = 5,
)]
async fn all(id: u8) -> Result<u8, String> {
    Ok(id)
}

#[redis_cache(ttl = 300, flight = "process", lease = "10s", wait = "5s")]
async fn process(id: u8) -> u8 {
    id
}

fn main() {}
