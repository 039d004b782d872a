use std::sync::Arc;

use cached_runtime::redis_cache;

struct Repo {
    tenant: u8,
}

impl Repo {
    #[redis_cache(ttl = 300)]
    async fn borrowed(&self, id: u8) -> u8 {
        self.tenant + id
    }

    #[redis_cache(ttl = 300, key(id), cache = self.cache)]
    async fn shared(self: Arc<Self>, id: u8) -> u8 {
        self.tenant + id
    }
}

trait Find {
    #[redis_cache(ttl = 300, key = "{id}")]
    async fn find(&mut self, id: u8) -> u8 {
        id
    }
}

fn main() {}
