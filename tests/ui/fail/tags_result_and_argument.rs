use cached_runtime::redis_cache;

struct User {
    id: u8,
    tenant: u8,
}

#[redis_cache(ttl = 300, tags = ["team:{id}:{result}", "team:{result / id}"])]
async fn both(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, tags = ["team:{result}"])]
async fn named_result(result: u8) -> u8 {
    result
}

impl User {
    #[redis_cache(ttl = 300, key(self.id), tags = ["team:{self.tenant}:{result}"])]
    pub async fn team(&self) -> u8 {
        self.tenant
    }
}

fn main() {}
