use cached_runtime::redis_cache;

#[redis_cache(ttl = 300)]
async fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

#[redis_cache(ttl = 300)]
async fn in_a_result(text: &str) -> Result<Option<&str>, String> {
    Ok(text.split(' ').next())
}

fn main() {}
