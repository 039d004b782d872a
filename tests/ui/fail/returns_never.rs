use cached_runtime::redis_cache;

#[redis_cache(ttl = 300)]
async fn forever() -> ! {
    loop {}
}

fn main() {}
