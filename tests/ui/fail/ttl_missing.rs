use cached_runtime::redis_cache;

#[redis_cache]
async fn nothing_given(id: u8) -> u8 {
    id
}

#[redis_cache(prefix = "user")]
async fn something_else_given(id: u8) -> u8 {
    id
}

fn main() {}
