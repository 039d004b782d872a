use cached_runtime::{cache_invalidate, redis_cache};

#[redis_cache(ttl = 300, skip(_db))]
async fn get_user(_db: &str, id: u8, name: &str) -> String {
    format!("{id}{name}")
}

struct Repo;

impl Repo {
    #[redis_cache(ttl = 300, skip(self))]
    pub async fn get_user(&self, id: u8) -> u8 {
        id
    }

    #[cache_invalidate(self.get_user(), self.get_user("5"), Self::get_user_all(5), Self::get_user(id, 5))]
    pub async fn methods(&self, id: u8) -> u8 {
        id
    }
}

#[cache_invalidate(get_user(id))]
async fn too_few(id: u8) -> u8 {
    id
}

#[cache_invalidate(get_user("db", id, "name"))]
async fn too_many(id: u8) -> u8 {
    id
}

#[cache_invalidate(get_user(name, id), tags = ["users"])]
async fn other_types(id: u8, name: &str) -> u8 {
    id
}

#[cache_invalidate(get_user(ib, "name"))]
async fn unknown_argument(id: u8) -> u8 {
    id
}

fn main() {}
