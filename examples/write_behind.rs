//! Views of posts: 10,000 increments reach the database as a handful of `UPDATE`s, and none is lost. After a crash some may
//! count twice: `docs/write-behind.md` says how a database can tell.
//!
//! `cargo run --example write_behind` starts a `redis-server` of its own, or uses that of
//! `REDIS_URL=redis://127.0.0.1/`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cached_runtime::{Batch, Cache, WriteBehind};
use serde::{Deserialize, Serialize};
use support::RedisServer;
use tokio::task::JoinSet;

/// What is pushed can be any type that serde writes and reads.
#[derive(Serialize, Deserialize)]
struct Views {
    more: u64,
}

/// The pretend database: `UPDATE posts SET views = views + $more WHERE id = $post`, in one transaction for all of a batch.
#[derive(Default)]
struct Database {
    posts: BTreeMap<String, u64>,
    updates: usize,
}

#[tokio::main]
async fn main() -> Result<(), cached_runtime::Error> {
    let (url, _server) = redis().await;
    // 10,000 pushes at once, in a debug build, each wait for all others.
    let timeout = Duration::from_secs(5);
    let cache = Cache::builder().redis(url).namespace("blog").op_timeout(timeout).build()?;
    let views: WriteBehind<Views> = cache.write_behind("views").batch(5_000).shards(4).build()?;

    // Where posts are read: each view costs one step of Redis, and returns when Redis has it.
    let began = Instant::now();
    let mut readers = JoinSet::new();
    for reader in 0..100 {
        let views = views.clone();
        readers.spawn(async move {
            for view in 0..100 {
                let post = format!("post:{}", (reader + view) % 3);
                views.push(&post, &Views { more: 1 }).await?;
            }
            Ok(())
        });
    }
    readers.join_all().await.into_iter().collect::<Result<(), cached_runtime::Error>>()?;
    println!("10,000 views pushed in {:.0?}; {} wait", began.elapsed(), views.backlog().await?);

    // In any process, and in as many as you like. What fails is tried again; what a dead process left, another takes over.
    let database = Arc::new(Mutex::new(Database::default()));
    let worker = views.work({
        let database = Arc::clone(&database);
        move |batch: Batch<Views>| {
            let mut database = database.lock().expect("nothing panics meanwhile");
            println!("a batch of {} views", batch.len());
            for (post, views) in batch.merge(|sum, views| sum.more += views.more) {
                *database.posts.entry(post).or_default() += views.more;
                database.updates += 1;
            }
            async { Ok::<(), String>(()) }
        }
    });
    views.flush().await?;
    worker.stop().await;

    let database = database.lock().expect("nothing panics meanwhile");
    println!("{} updates: {:?}", database.updates, database.posts);
    assert_eq!(database.posts.values().sum::<u64>(), 10_000);
    Ok(())
}

/// A server of the example's own ends with it.
async fn redis() -> (String, Option<RedisServer>) {
    if let Ok(url) = std::env::var("REDIS_URL") {
        return (url, None);
    }
    let server = RedisServer::start().await;
    (server.url(), Some(server))
}
