//! A miss, a hit and an invalidation, in one screenful.
//!
//! `cargo run --example quickstart` needs nothing else: the entries are kept in this process. With
//! `REDIS_URL=redis://127.0.0.1/` they are in that Redis, and the code is the same.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use cached_runtime::{observe, redis_cache};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

/// What is cached can be any type that serde writes and reads.
#[derive(Debug, Serialize, Deserialize)]
struct User {
    id: u64,
    name: String,
}

/// The error type stays your own, and asks for nothing. Errors aren't cached.
#[derive(Debug)]
struct DatabaseError;

/// The one row of the pretend database, that of user 42.
static NAME: Mutex<&str> = Mutex::new("Ada Byron");

/// A query that takes 50 ms, memoized for five minutes, for each `id` by itself.
#[redis_cache(ttl = "5m", prefix = "user")]
async fn get_user(id: u64) -> Result<Option<User>, DatabaseError> {
    sleep(Duration::from_millis(50)).await;
    let name = NAME.lock().map_err(|_| DatabaseError)?.to_string();
    Ok((id == 42).then_some(User { id, name }))
}

#[tokio::main]
async fn main() {
    let is_set = std::env::var_os("REDIS_URL").is_some();
    let place = if is_set { "the Redis of REDIS_URL" } else { "this process (no REDIS_URL)" };
    println!("-- the entries are in {place}");

    invalidate(42).await; // so that an earlier run of this example makes no difference
    show(42).await;
    show(42).await;

    println!("-- the user marries");
    *NAME.lock().expect("no query panics") = "Ada Lovelace";
    show(42).await; // the old name, for the rest of the five minutes, unless we say so:
    invalidate(42).await;
    show(42).await;
    show(42).await;
}

/// Calls `get_user` as all code does. Only `observe`, around the call, tells how it was answered.
async fn show(id: u64) {
    let start = Instant::now();
    let (user, outcome) = observe(get_user(id)).await;
    let took = start.elapsed();
    let name = user.expect("the database is there").map_or("nobody".to_owned(), |user| user.name);
    println!("get_user({id})  {outcome:<6}  {took:>9.3?}  {name}");
}

/// Empties the entry of `get_user(id)`. A call to `get_user` never fails because of Redis; an
/// explicit call like this one reports what happened.
async fn invalidate(id: u64) {
    match get_user::entry(id).invalidate().await {
        Ok(()) => println!("-- the entry of get_user({id}) is empty"),
        Err(error) => println!("-- the entry of get_user({id}) was not emptied: {error}"),
    }
}
