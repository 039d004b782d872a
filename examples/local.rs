//! Values that are kept in the process, in front of the store: a hit costs some 40 ns instead of a round trip.
//!
//! `cargo run --release --example local` (without `--release` a hit takes a hundred times as long), or with `REDIS_URL` for a
//! Redis that tells the process what changed.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use cached_runtime::{Cache, Error, observe, redis_cache};
use serde::{Deserialize, Serialize};

const CALLS: u32 = 1_000_000;

#[derive(Debug, Serialize, Deserialize)]
struct User {
    id: u64,
    name: String,
    roles: Vec<String>,
}

/// An `Arc` is handed out as it is; other values are cloned at each hit.
#[redis_cache(ttl = "5m", prefix = "user", local = "30s")]
async fn user(id: u64) -> Arc<User> {
    let roles = vec!["reader".to_owned(), "writer".to_owned()];
    Arc::new(User { id, name: format!("User {id}"), roles })
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    println!("from the body:    {}", observe(user(42)).await.1);
    println!("from the store:   {}", observe(user(42)).await.1);
    let (kept, outcome) = observe(user(42)).await;
    println!("from the process: {outcome}, for {}", kept.name);
    assert!(Arc::ptr_eq(&kept, &user(42).await), "no copy is made");

    // In this process an invalidation takes effect before it returns; in others when Redis has told them.
    user::entry(42).invalidate().await?;
    println!("invalidated:      {}", observe(user(42)).await.1);

    user(42).await;
    let began = Instant::now();
    for _ in 0..CALLS {
        black_box(user(black_box(42)).await);
    }
    println!("{CALLS} calls:    {:?} each", began.elapsed() / CALLS);
    println!("local hits:       {}", Cache::current().stats().total.local_hits);
    Ok(())
}
