use cached_runtime::redis_cache;

#[redis_cache(ttl = 300)]
fn free(id: u8) -> u8 {
    id
}

struct Repo;

impl Repo {
    #[redis_cache(ttl = 300, skip(self))]
    pub fn method(&self, id: u8) -> impl Future<Output = u8> {
        async move { id }
    }
}

fn main() {}
