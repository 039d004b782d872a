use std::borrow::Cow;
use std::pin::Pin;
use std::sync::Arc;

use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, stale_while_revalidate = 60, skip(db))]
async fn references(db: &u8, mut name: &str, (a, ref b): (&'static str, String)) -> u8 {
    name = &name[a.len()..];
    *db + name.len() as u8 + b.len() as u8
}

#[redis_cache(ttl = 300, stale_while_revalidate = 60)]
async fn lifetimes<'a>(name: Cow<'a, str>, other: Cow<'_, str>) -> usize {
    name.len() + other.len()
}

#[redis_cache(ttl = 300, stale_while_revalidate = 60, stale_if_error = 60, skip(db))]
async fn impl_trait(db: impl Fn() -> u8 + Send + '_) -> u8 {
    db()
}

#[redis_cache(ttl = 300, stale_while_revalidate = 60)]
async fn returned<'a>(id: u8) -> Result<u8, &'a str> {
    Ok(id)
}

#[redis_cache(stale_while_revalidate = 0, skip(no_such), flight = "off")]
async fn with_other_mistakes(id: &str) -> usize {
    id.len()
}

struct Repo;

impl Repo {
    #[redis_cache(ttl = 300, stale_while_revalidate = 60, skip(self))]
    pub async fn shared(&self, id: u8) -> u8 {
        id
    }

    #[redis_cache(ttl = 300, stale_while_revalidate = 60, skip(self))]
    pub async fn exclusive(&mut self, id: u8) -> u8 {
        id
    }

    #[redis_cache(ttl = 300, stale_while_revalidate = 60, skip(self))]
    pub async fn counted(self: &Arc<Self>, id: u8) -> u8 {
        id
    }

    #[redis_cache(ttl = 300, stale_while_revalidate = 60, skip(self))]
    pub async fn pinned(self: Pin<&Self>, id: u8) -> u8 {
        id
    }
}

fn main() {}
