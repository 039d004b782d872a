use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, key = "user:{ids}")]
async fn find(ids: Vec<u8>) -> usize {
    ids.len()
}

fn main() {}
