//! One name for many entries: invalidated in one step, however many there are.
//!
//! `cargo run --example tags`

use cached_runtime::{Cache, Error, observe, redis_cache};
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
struct Article {
    title: String,
    author: u32,
}

/// Tags are made from the arguments, or from what came back.
#[redis_cache(ttl = "1h", tags = ["articles", "article:{id}", "author:{result.author}"])]
async fn article(id: u32) -> Article {
    Article { title: format!("No. {id}"), author: id % 2 }
}

#[redis_cache(ttl = "1h", tags = ["articles", "author:{author}"])]
async fn titles(author: u32) -> Vec<String> {
    (0..4).filter(|id| id % 2 == author).map(|id| format!("No. {id}")).collect()
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    for _ in 0..2 {
        show("all").await;
    }
    let cache = Cache::current();
    let author = 1;
    cache.invalidate_tag(&format!("author:{author}")).await?;
    show("after author 1 has changed").await;
    cache.invalidate_tags(["articles"]).await?;
    show("after all have changed").await;
    Ok(())
}

/// How each of six calls is answered.
async fn show(when: &str) {
    let mut outcomes = Vec::new();
    for id in 0..4 {
        outcomes.push(format!("article {id} {}", observe(article(id)).await.1));
    }
    for author in 0..2 {
        outcomes.push(format!("titles of {author} {}", observe(titles(author)).await.1));
    }
    println!("{when}: {}", outcomes.join(", "));
}
