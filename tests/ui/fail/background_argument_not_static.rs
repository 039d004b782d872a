use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, stale_while_revalidate = 60, skip(db))]
async fn impl_trait(db: impl Clone + Send, id: u8) -> u8 {
    drop(db);
    id
}

#[redis_cache(ttl = 300, stale_while_revalidate = 60, skip(db))]
async fn generic<T: Send>(db: T, id: u8) -> u8 {
    drop(db);
    id
}

struct Repo<'a>(&'a str);

impl Repo<'_> {
    #[redis_cache(ttl = 300, stale_while_revalidate = 60, skip(self))]
    pub async fn owned(self, id: u8) -> u8 {
        self.0.len() as u8 + id
    }
}

fn main() {}
