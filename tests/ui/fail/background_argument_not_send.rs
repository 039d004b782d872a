use std::rc::Rc;

use cached_runtime::redis_cache;

struct Db;

#[redis_cache(ttl = 300, stale_while_revalidate = 60, skip(db))]
async fn skipped(db: Rc<Db>, id: u8) -> u8 {
    drop(db);
    id
}

#[redis_cache(ttl = 300, stale_while_revalidate = 60, skip(db))]
async fn held(db: Rc<Db>, id: u8) -> u8 {
    std::future::ready(()).await;
    drop(db);
    id
}

#[redis_cache(ttl = 300, stale_while_revalidate = 60, key(text))]
async fn destructured((_, _db): (u8, Rc<Db>), text: String) -> String {
    text
}

#[redis_cache(ttl = 300, stale_while_revalidate = 60, skip(db))]
async fn impl_trait(db: impl Clone + 'static, id: u8) -> u8 {
    drop(db);
    id
}

struct Repo(Rc<Db>);

impl Repo {
    #[redis_cache(ttl = 300, stale_while_revalidate = 60, skip(self))]
    pub async fn find(self: Rc<Self>, id: u8) -> u8 {
        id
    }

    #[redis_cache(ttl = 300, stale_while_revalidate = 60, skip(self))]
    pub async fn owned(self, id: u8) -> u8 {
        id
    }
}

fn main() {}
