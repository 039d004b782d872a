use cached_runtime::redis_cache;

struct Tenant;

struct Repo {
    tenant: Tenant,
}

impl Repo {
    #[redis_cache(ttl = 300, key(self.tenant, id))]
    async fn find(&self, id: u8) -> u8 {
        let _ = &self.tenant;
        id
    }
}

#[redis_cache(ttl = 300, key(nobody, id))]
async fn unknown(id: u8) -> u8 {
    id
}

fn main() {}
