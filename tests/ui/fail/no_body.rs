use cached_runtime::redis_cache;

trait Repo {
    #[redis_cache(ttl = 300, skip(self))]
    async fn find(&self, id: u8) -> u8;
}

fn main() {}
