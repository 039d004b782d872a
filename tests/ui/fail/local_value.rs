use std::sync::Arc;

use cached_runtime::redis_cache;

#[derive(serde::Serialize, serde::Deserialize)]
struct User {
    id: u8,
}

type Reply<T> = Result<T, String>;

#[redis_cache(ttl = 300, local = "30s")]
async fn not_clone(id: u8) -> User {
    User { id }
}

#[redis_cache(ttl = 300, local(max_size = 4096))]
async fn in_a_result(id: u8) -> Result<Option<User>, String> {
    Ok(Some(User { id }))
}

#[redis_cache(ttl = 300, local = "30s")]
async fn behind_an_alias(id: u8) -> Reply<Vec<User>> {
    Ok(vec![User { id }])
}

#[redis_cache(ttl = 300, local = "30s")]
async fn not_send(id: u8) -> Result<std::rc::Rc<u8>, String> {
    Ok(std::rc::Rc::new(id))
}

#[redis_cache(ttl = 300, local = "30s")]
async fn not_sync_in_an_arc(id: u8) -> Arc<std::cell::Cell<u8>> {
    Arc::new(std::cell::Cell::new(id))
}

struct Users;

impl Users {
    #[redis_cache(ttl = 300, local = "30s", skip(self))]
    pub async fn method(&self, id: u8) -> User {
        User { id }
    }
}

fn main() {}
