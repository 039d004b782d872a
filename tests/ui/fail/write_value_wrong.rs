use cached_runtime::{cache_put, redis_cache};

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct User {
    id: u8,
}

#[redis_cache(ttl = 300)]
async fn get_user(id: u8) -> Result<Option<User>, String> {
    Ok(Some(User { id }))
}

#[cache_put(get_user(id))]
async fn result_of_another_type(id: u8) -> Result<User, String> {
    Ok(User { id })
}

#[cache_put(get_user(id), value = result.clone())]
async fn value_of_another_type(id: u8) -> Result<User, String> {
    Ok(User { id })
}

#[cache_put(get_user(id), value = Some(result.user))]
async fn no_such_field(id: u8) -> Result<User, String> {
    Ok(User { id })
}

#[cache_put(get_user(id), value = Some(*result))]
async fn moved(id: u8) -> Result<User, String> {
    Ok(User { id })
}

struct Repo;

impl Repo {
    #[redis_cache(ttl = 300, skip(self))]
    pub async fn get_user(&self, id: u8) -> u8 {
        id
    }

    #[cache_put(self.get_user(id))]
    pub async fn of_a_method(&self, id: u8) {
        let _ = id;
    }
}

fn main() {}
