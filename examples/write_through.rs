//! What the function that writes returns is stored: the next read is a hit.
//!
//! `cargo run --example write_through`

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use cached_runtime::{cache_put, observe, redis_cache};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct User {
    id: u64,
    name: String,
    version: u32,
}

/// The pretend database.
static USERS: LazyLock<Mutex<HashMap<u64, User>>> = LazyLock::new(Mutex::default);

#[redis_cache(ttl = "5m")]
async fn get_user(id: u64) -> Option<User> {
    USERS.lock().expect("no query panics").get(&id).cloned()
}

/// `get_user` returns an `Option`, so `value` says what it is to find; `result` is the value of this function's `Ok`.
///
/// Two writers at a time leave the entry empty: nobody can tell from outside whose write the database took last.
#[cache_put(get_user(id), value = Some(result.clone()))]
async fn save_user(id: u64, name: &str) -> Result<User, String> {
    let mut users = USERS.lock().expect("no query panics");
    let version = users.get(&id).map_or(1, |user| user.version + 1);
    let user = User { id, name: name.to_owned(), version };
    users.insert(id, user.clone());
    Ok(user)
}

#[tokio::main]
async fn main() -> Result<(), String> {
    for name in ["Ada Byron", "Ada Lovelace"] {
        let saved = save_user(42, name).await?;
        println!("saved  {saved:?}");
        let (found, outcome) = observe(get_user(42)).await;
        println!("{outcome:<5}  {found:?}");
    }
    Ok(())
}
