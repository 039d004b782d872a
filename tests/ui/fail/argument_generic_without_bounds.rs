use cached_runtime::redis_cache;

#[redis_cache(ttl = 300)]
async fn parameter<T: ToString>(what: T) -> String {
    what.to_string()
}

#[redis_cache(ttl = 300)]
async fn impl_trait(what: impl ToString) -> String {
    what.to_string()
}

fn main() {}
