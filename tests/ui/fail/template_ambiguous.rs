use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, key = "{a}{b}")]
async fn touching(a: u8, b: u8) -> u8 {
    a + b
}

#[redis_cache(ttl = 300, key = "user:{a}-{b}")]
async fn without_a_colon(a: u8, b: u8) -> u8 {
    a + b
}

#[redis_cache(ttl = 300, key = "user")]
async fn constant(id: u8) -> u8 {
    id
}

fn main() {}
