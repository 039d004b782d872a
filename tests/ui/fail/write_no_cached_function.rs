use cached_runtime::{cache_invalidate, cache_put, redis_cache};

mod users {
    pub async fn find(id: u8) -> u8 {
        id
    }
}

async fn get_user(id: u8) -> u8 {
    id
}

struct Repo;

impl Repo {
    pub async fn get_user(&self, id: u8) -> u8 {
        id
    }

    #[redis_cache(ttl = 300, skip(self), entry = false)]
    pub async fn without_entry(&self, id: u8) -> u8 {
        id
    }

    #[cache_invalidate(self.get_user(id), Self::get_user(id), self.without_entry(id))]
    pub async fn methods(&self, id: u8) -> u8 {
        id
    }
}

#[cache_invalidate(get_user(id))]
async fn not_cached(id: u8) -> u8 {
    id
}

#[cache_put(users::find(id))]
async fn not_cached_elsewhere(id: u8) -> u8 {
    id
}

#[cache_invalidate(get_usr(id), users::fnd(id), nowhere::find(id))]
async fn not_there(id: u8) -> u8 {
    id
}

fn main() {}
