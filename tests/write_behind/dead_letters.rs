//! Records that are no records, and what can be done with dead letters.

use cached_runtime::{Batch, WriteBehind};
use serde::{Deserialize, Deserializer, Serialize};

use crate::world::{Database, World, flush};

/// What others have put into the streams neither holds the queue nor is lost.
#[tokio::test]
async fn what_cant_be_decoded_is_a_dead_letter() {
    let world = World::new("undecodable").await;
    let queue = world.builder().shards(1).build().unwrap();
    queue.push("key", &1).await.unwrap();
    let words = world.cache.write_behind::<String>("queue").shards(1).build().unwrap();
    words.push("key", &"two".to_owned()).await.unwrap();
    world.server.command(&["XADD", &world.key(":0"), "*", "what", "is this"]).await;
    queue.push("key", &3).await.unwrap();
    let database = Database::new();
    let _worker = database.worker(&queue);
    flush(&queue).await;
    assert_eq!(database.of("key"), [1, 3]);

    let letters = queue.dead_letters(10).await.unwrap();
    eprintln!("{letters:#?}");
    assert_eq!(letters.len(), 2);
    assert_eq!((letters[0].key(), &letters[0].payload()[..]), ("key", &b"\"two\""[..]));
    assert!(letters[0].record().unwrap_err().is_codec());
    assert!(letters.iter().all(|letter| letter.attempts() == 0));
    assert!(letters.iter().all(|letter| letter.error().starts_with("it can't be decoded: ")));
    assert!(letters[0].id() < letters[1].id());
    assert_eq!(words.dead_letters(1).await.unwrap()[0].record().unwrap(), "two");
}

#[derive(Serialize)]
struct Picky(u64);

impl<'de> Deserialize<'de> for Picky {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = u64::deserialize(deserializer)?;
        assert!(value != 2, "two");
        Ok(Self(value))
    }
}

#[tokio::test]
async fn what_panics_when_decoded_is_a_dead_letter() {
    let world = World::new("picky").await;
    let queue: WriteBehind<Picky> = world.cache.write_behind("queue").build().unwrap();
    let database = Database::new();
    let _worker = queue.work({
        let database = database.clone();
        move |batch: Batch<Picky>| {
            let database = database.clone();
            let batch = batch.into_iter().map(|record| (record.key, record.value.0)).collect();
            async move { database.write(batch).await }
        }
    });
    for value in 1..=3 {
        queue.push("key", &Picky(value)).await.unwrap();
    }
    flush(&queue).await;
    assert_eq!(database.of("key"), [1, 3]);
    let letters = queue.dead_letters(10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].error(), "it can't be decoded: its `Deserialize` panicked: two");
}

#[tokio::test]
async fn they_are_retried_and_removed_once() {
    let world = World::new("letters").await;
    let (queue, database) = (world.queue(), Database::new());
    database.refuse(|value| value >= 10);
    let _worker = database.worker(&queue);
    for value in [1, 10, 2, 20, 3] {
        queue.push("key", &value).await.unwrap();
    }
    flush(&queue).await;
    assert_eq!(database.of("key"), [1, 2, 3]);
    let letters = queue.dead_letters(10).await.unwrap();
    for (count, found) in [(0, 0), (1, 1), (usize::MAX, 2)] {
        assert_eq!(queue.dead_letters(count).await.unwrap().len(), found);
    }
    let values: Vec<_> = letters.iter().map(|letter| letter.record().unwrap()).collect();
    assert_eq!(values, [10, 20]);

    database.refuse(|_| false);
    assert!(queue.retry(&letters[0]).await.unwrap());
    assert!(!queue.retry(&letters[0]).await.unwrap(), "once");
    assert!(!queue.remove(&letters[0]).await.unwrap());
    assert!(queue.remove(&letters[1]).await.unwrap());
    assert!(!queue.remove(&letters[1]).await.unwrap(), "once");
    assert!(!queue.retry(&letters[1]).await.unwrap());
    flush(&queue).await;
    assert_eq!(database.of("key"), [1, 2, 3, 10]);
    assert!(queue.dead_letters(10).await.unwrap().is_empty());
    assert_eq!(queue.backlog().await.unwrap(), 0);
}
