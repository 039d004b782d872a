use cached_runtime::redis_cache;

#[redis_cache(ttl = |value| std::time::Duration::from_secs(*value), sliding)]
async fn with_a_closure(id: u64) -> u64 {
    id
}

#[redis_cache(ttl = 300, sliding, none_ttl = 30)]
async fn with_none_ttl(id: u64) -> Option<u64> {
    Some(id)
}

fn main() {}
