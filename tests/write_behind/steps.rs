//! The commands of a queue: how many, and which rights they need.

use cached_runtime::Cache;
use support::{Proxy, RedisServer};

use crate::world::{CALM, Database, flush, quick};

/// What a queue needs, as `docs/write-behind.md` has it.
const RIGHTS: &str = "+hget +hmget +hset +hincrby +hdel +xadd +xlen +xrange +xrevrange +xdel +zadd +zrem \
    +zremrangebyscore +zcount +time +xreadgroup +xack +xpending +xinfo|groups +xgroup|create";

/// What slots need.
const SLOTS: &str = "+get +set +unlink +pttl +pexpire +ping +hello +select +evalsha +eval";

/// Every step there is.
async fn all_steps(cache: &Cache) {
    let queue = quick(cache.write_behind::<u64>("queue")).shards(2).build().unwrap();
    let database = Database::new();
    database.refuse(|value| value == 2);
    let worker = database.worker(&queue);
    for value in 0..6 {
        queue.push("key", &value).await.unwrap();
    }
    flush(&queue).await;
    queue.backlog().await.unwrap();
    let letters = queue.dead_letters(10).await.unwrap();
    assert_eq!(letters.len(), 1);
    database.refuse(|_| false);
    assert!(queue.retry(&letters[0]).await.unwrap());
    flush(&queue).await;
    worker.stop().await;
    assert_eq!(database.of("key"), [0, 1, 3, 4, 5, 2]);
}

/// By its hash: if one that is written in the source were wrong, its script would cost two commands for ever.
#[tokio::test]
async fn every_script_is_one_command_once_the_server_knows_it() {
    let server = RedisServer::start().await;
    let proxy = Proxy::start(server.addr());
    let cache = Cache::builder().redis(proxy.url()).namespace("t").op_timeout(CALM);
    let cache = cache.build().unwrap();
    let by_text = || proxy.commands().get("EVAL").copied().unwrap_or(0);
    all_steps(&cache).await;
    assert!(by_text() > 0);
    let before = by_text();
    all_steps(&cache).await;
    assert_eq!(by_text(), before);
}

#[tokio::test]
async fn the_rights_that_are_written_down_are_enough() {
    let mut rules = vec!["on", ">pw", "resetkeys", "~t%queue:*", "-@all"];
    rules.extend(SLOTS.split(' ').chain(RIGHTS.split(' ')));
    let server = RedisServer::builder().user("app", &rules).start().await;
    let cache = Cache::builder().redis(server.url_as("app", "pw")).namespace("t").op_timeout(CALM);
    all_steps(&cache.build().unwrap()).await;
}

/// A batch costs two steps, however many records it has.
#[tokio::test]
async fn a_batch_is_read_and_acknowledged_at_once() {
    let server = RedisServer::start().await;
    let cache = Cache::builder().redis(server.url()).namespace("t").op_timeout(CALM);
    let pushing = quick(cache.build().unwrap().write_behind::<u64>("queue")).shards(1);
    let pushing = pushing.build().unwrap();
    for value in 0..400 {
        pushing.push("key", &value).await.unwrap();
    }
    let proxy = Proxy::start(server.addr());
    let cache = Cache::builder().redis(proxy.url()).namespace("t").op_timeout(CALM);
    let working = quick(cache.build().unwrap().write_behind::<u64>("queue")).shards(1);
    let working = working.build().unwrap();
    let database = Database::new();
    let worker = database.worker(&working);
    flush(&pushing).await;
    worker.stop().await;
    let steps = proxy.commands().get("EVALSHA").copied().unwrap_or(0);
    assert_eq!(database.batches(), [400]);
    // And the turns meanwhile.
    assert!(steps < 30, "{steps}");
}
