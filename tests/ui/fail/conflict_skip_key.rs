use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, skip(db), key(db, id))]
async fn listed(db: u8, id: u8) -> u8 {
    db + id
}

#[redis_cache(ttl = 300, skip(id), key = "user:{id}")]
async fn template(id: u8) -> u8 {
    id
}

struct Repo {
    tenant: u8,
}

impl Repo {
    #[redis_cache(ttl = 300, skip(self), key(self.tenant, id))]
    async fn find(&self, id: u8) -> u8 {
        self.tenant + id
    }
}

fn main() {}
