use std::borrow::Cow;

use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, local = "30s")]
async fn whole(text: &str) -> Cow<'_, str> {
    text.into()
}

#[redis_cache(ttl = 300, local = "30s")]
async fn in_a_result<'a>(text: &'a str) -> std::io::Result<Option<Cow<'a, str>>> {
    Ok(Some(text.into()))
}

#[redis_cache(ttl = 300, local = "30s")]
async fn reference(text: &str) -> Option<&str> {
    text.split(' ').next()
}

fn main() {}
