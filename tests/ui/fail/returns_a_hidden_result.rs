use cached_runtime::redis_cache;

// Named like a type parameter, which it would be in most places: the signature of the companion can't tell.
type R = Result<u8, String>;

pub struct Repo;

impl Repo {
    #[redis_cache(ttl = 300, skip(self))]
    pub async fn find(&self, id: u8) -> R {
        Ok(id)
    }
}

fn main() {}
