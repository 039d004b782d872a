use cached_runtime::redis_cache;

struct Repo;

#[async_trait::async_trait]
trait Load {
    async fn load(&self, id: u8) -> u8;
}

#[async_trait::async_trait]
impl Load for Repo {
    #[redis_cache(ttl = 300, stale_while_revalidate = 60, skip(self))]
    async fn load(&self, id: u8) -> u8 {
        id
    }
}

fn main() {}
