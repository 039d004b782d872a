//! What a push does, and when it does not.

use std::time::{Duration, Instant};

use cached_runtime::{Cache, Outcome, observe, redis_cache};
use support::{Proxy, eventually};

use crate::world::{Database, PATIENCE, World, cache, flush, soon};

#[redis_cache(ttl = 60, cache_if = |value: &u64| *value < 1000)]
async fn total(id: u64) -> u64 {
    id
}

#[redis_cache(ttl = 60, max_size = 4)]
async fn text(id: u64) -> String {
    format!("{id}")
}

/// What calls return, and how: none runs its body where the entry is there.
async fn seen(cache: &Cache, id: u64) -> (u64, Outcome) {
    cache.scope(observe(total(id))).await
}

#[tokio::test]
async fn a_full_queue_pushes_back_until_there_is_room() {
    let world = World::new("full").await;
    let strict = world.builder().max_backlog(10).wait(Duration::ZERO).build().unwrap();
    for value in 0..10 {
        strict.push(&format!("key:{value}"), &value).await.unwrap();
    }
    let error = strict.push("one more", &10).await.unwrap_err();
    eprintln!("{error}");
    assert!(error.is_full() && error.to_string().contains("max_backlog"), "{error}");
    assert_eq!(strict.backlog().await.unwrap(), 10, "it was not pushed");

    let briefly = world.builder().max_backlog(10).wait(Duration::from_millis(50)).build().unwrap();
    let began = Instant::now();
    assert!(briefly.push("one more", &10).await.unwrap_err().is_full());
    assert!(began.elapsed() >= Duration::from_millis(50));

    let patient = world.builder().max_backlog(10).build().unwrap();
    let pushed = tokio::spawn({
        let patient = patient.clone();
        async move { patient.push("one more", &10).await }
    });
    let database = Database::new();
    let _worker = database.worker(&patient);
    soon("the push", pushed).await.unwrap().unwrap();
    flush(&patient).await;
    assert_eq!(database.of("one more"), [10]);
    assert_eq!(database.by_key().len(), 11);
}

/// Records that somebody deletes from a stream do not take up room for ever.
#[tokio::test]
async fn what_is_counted_is_what_is_there() {
    let world = World::new("counted").await;
    let queue = world.builder().max_backlog(5).shards(1).build().unwrap();
    for value in 0..5 {
        queue.push("key", &value).await.unwrap();
    }
    world.server.command(&["XTRIM", &world.key(":0"), "MAXLEN", "2"]).await;
    queue.push("key", &5).await.unwrap();
    assert_eq!(queue.backlog().await.unwrap(), 3);
    world.server.command(&["DEL", &world.key("")]).await;
    queue.push("key", &6).await.unwrap();
    queue.push("key", &7).await.unwrap();
    let hasty = world.builder().max_backlog(5).shards(1).wait(Duration::ZERO).build().unwrap();
    assert!(hasty.push("key", &8).await.unwrap_err().is_full());
}

#[tokio::test]
async fn all_that_use_a_queue_have_the_same_shards() {
    let world = World::new("shards").await;
    world.queue().push("key", &1).await.unwrap();
    let error = world.builder().shards(8).build().unwrap().push("key", &2).await.unwrap_err();
    eprintln!("{error}");
    assert!(error.is_setting() && error.to_string().contains("16 shards and not 8"), "{error}");
    let wrong = world.builder().shards(8).build().unwrap();
    assert!(wrong.flush().await.unwrap_err().is_setting(), "it would not see all");
    assert!(wrong.backlog().await.unwrap_err().is_setting());
}

#[tokio::test]
async fn the_entry_is_put_in_the_same_step() {
    let mut world = World::new("put").await;
    let proxy = Proxy::start(world.server.addr());
    world.cache = cache(&proxy.url(), &world.namespace);
    let queue = world.queue();
    let entry = |id| world.cache.scope(async move { total::entry(id) });
    queue.push("likes", &1).await.unwrap(); // makes the queue
    assert_eq!(seen(&world.cache, 7).await, (7, Outcome::Miss));

    let before = proxy.commands_seen();
    queue.push_and_put("likes", &2, &entry(7).await, &100).await.unwrap();
    assert_eq!(proxy.commands_seen() - before, 1, "one step");
    assert_eq!(seen(&world.cache, 7).await, (100, Outcome::Hit), "before the database has it");

    queue.push_and_put("likes", &3, &entry(7).await, &5000).await.unwrap();
    assert_eq!(seen(&world.cache, 7).await, (7, Outcome::Miss), "the options let no 5000 in");

    let database = Database::new();
    let _worker = database.worker(&queue);
    flush(&queue).await;
    assert_eq!(database.of("likes"), [1, 2, 3]);
}

#[tokio::test]
async fn what_cant_be_put_is_not_pushed_either() {
    let world = World::new("not_put").await;
    let queue = world.queue();
    let entry = world.cache.scope(async { text::entry(1) }).await;
    entry.put(&"ab".to_owned()).await.unwrap();
    let error = queue.push_and_put("key", &1, &entry, &"too long".to_owned()).await.unwrap_err();
    assert!(error.is_too_large(), "{error}");
    let foreign = Cache::in_memory().scope(async { text::entry(1) }).await;
    let error = queue.push_and_put("key", &1, &foreign, &"ab".to_owned()).await.unwrap_err();
    assert!(error.is_setting() && error.to_string().contains("another cache"), "{error}");
    assert_eq!(queue.backlog().await.unwrap(), 0);
    assert_eq!(world.cache.scope(text(1)).await, "ab", "the entry is as it was");
}

/// JSON has no infinity.
#[tokio::test]
async fn what_has_no_encoding_is_not_pushed() {
    let world = World::new("codec").await;
    let queue = world.cache.write_behind::<f64>("floats").build().unwrap();
    let error = queue.push("key", &f64::INFINITY).await.unwrap_err();
    assert!(error.is_codec(), "{error}");
    assert_eq!(queue.backlog().await.unwrap(), 0);
}

#[tokio::test]
async fn neither_clear_nor_time_touches_the_queue() {
    let world = World::new("clear").await;
    let queue = world.queue();
    queue.push("key", &1).await.unwrap();
    seen(&world.cache, 1).await;
    assert_eq!(world.cache.clear().await.unwrap(), 1, "the entry");
    assert_eq!(queue.backlog().await.unwrap(), 1);
    for key in world.server.keys(&format!("{}*", world.key(""))).await {
        assert_eq!(world.server.command(&["PTTL", &key]).await.text(), "-1", "{key}");
    }
}

/// What is done leaves nothing behind.
#[tokio::test]
async fn an_empty_queue_takes_no_more_room_than_before() {
    let world = World::new("room").await;
    let (queue, database) = (world.builder().shards(2).build().unwrap(), Database::new());
    let worker = database.worker(&queue);
    let mut sizes = Vec::new();
    for round in 0..3_u64 {
        for value in 0..500 {
            queue.push(&format!("key:{}", value % 7), &(round * 500 + value)).await.unwrap();
        }
        flush(&queue).await;
        let mut size = 0;
        for key in world.server.keys(&format!("{}*", world.key(":?"))).await {
            let used = world.server.command(&["MEMORY", "USAGE", &key]).await.text();
            size += used.parse::<u64>().unwrap();
        }
        sizes.push(size);
    }
    eprintln!("bytes in Redis, empty after each 500 records: {sizes:?}");
    assert!(sizes[2] <= sizes[0] + 1000, "{sizes:?}");
    worker.stop().await;
    eventually(PATIENCE, || async { world.owners().await.is_empty() }).await;
}
