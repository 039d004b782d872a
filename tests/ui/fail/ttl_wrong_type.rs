use cached_runtime::redis_cache;

const SECONDS: u64 = 300;

#[redis_cache(ttl = SECONDS)]
async fn number(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 5 * 60)]
async fn calculated(id: u8) -> u8 {
    id
}

struct Repo {
    ttl: String,
}

impl Repo {
    #[redis_cache(ttl = self.ttl, skip(self))]
    async fn text(&self, id: u8) -> u8 {
        id
    }
}

fn main() {}
