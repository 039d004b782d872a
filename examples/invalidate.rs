//! The function that writes says which entries it changes, and they are never stale.
//!
//! `cargo run --example invalidate`

use std::sync::Mutex;

use cached_runtime::{cache_invalidate, observe, redis_cache};

/// The table of the pretend database.
static NAME: Mutex<String> = Mutex::new(String::new());

#[redis_cache(ttl = "5m")]
async fn get_user(id: u64) -> String {
    format!("{id}: {}", NAME.lock().expect("no query panics"))
}

#[redis_cache(ttl = "5m")]
async fn list_users() -> Vec<String> {
    vec![NAME.lock().expect("no query panics").clone()]
}

/// Both entries are marked before the body runs and emptied after it, in all processes. If this process dies in between,
/// the marks keep the old values from coming back. If the body returns an `Err`, it has changed nothing, and the entries
/// are filled anew at the next call.
#[cache_invalidate(get_user(id), list_users())]
async fn rename_user(id: u64, name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err(format!("user {id} needs a name"));
    }
    name.clone_into(&mut NAME.lock().expect("no query panics"));
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), String> {
    rename_user(42, "Ada Byron").await?;
    for _ in 0..2 {
        let (user, outcome) = observe(get_user(42)).await;
        println!("{outcome:<4}  {user}");
    }
    rename_user(42, "Ada Lovelace").await?;
    let (user, outcome) = observe(get_user(42)).await;
    println!("{outcome:<4}  {user}");
    let (users, outcome) = observe(list_users()).await;
    println!("{outcome:<4}  {users:?}");
    Ok(())
}
