use cached_runtime::redis_cache;

#[redis_cache(ttl = || std::time::Duration::from_secs(1))]
async fn no_parameter(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = |id, value| std::time::Duration::from_secs(id + value))]
async fn two_parameters(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = async |value| std::time::Duration::from_secs(1))]
async fn asynchronous(id: u8) -> u8 {
    id
}

fn main() {}
