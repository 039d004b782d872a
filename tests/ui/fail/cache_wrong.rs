use cached_runtime::{Cache, redis_cache};

struct Repo {
    cache: Option<Cache>,
}

impl Repo {
    #[redis_cache(ttl = 300, skip(self), cache = self.cache)]
    async fn option(&self, id: u8) -> u8 {
        id
    }
}

#[redis_cache(ttl = 300, cache = "redis://127.0.0.1/")]
async fn url(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, cache)]
async fn flag(id: u8) -> u8 {
    id
}

fn main() {}
