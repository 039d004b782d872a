use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, early_refresh)]
async fn flag(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, early_refresh = 0)]
async fn zero(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, early_refresh = 0.0)]
async fn zero_too(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, early_refresh = -1.0)]
async fn negative(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, early_refresh = "1m")]
async fn duration(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, early_refresh = BETA)]
async fn constant(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, early_refresh = 1.0f32)]
async fn suffix(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, early_refresh = 1e999)]
async fn infinite(id: u8) -> u8 {
    id
}

const BETA: f64 = 1.0;

fn main() {}
