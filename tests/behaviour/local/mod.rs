//! Values that are kept in the process: when they are, when they no longer count, and that nobody sees an old one.

mod around;
mod bare;
mod changes;
mod keys;
mod races;
mod store;
mod threads;
mod time;
mod trouble;
mod values;

use std::fmt::Debug;
use std::time::Duration;

use cached_runtime::{Outcome, observe, redis_cache};
use support::eventually;

use crate::on_every_store;
use crate::world::Database;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// Calls until the value comes from the process. With Redis that takes a connection that tells of changes, and is off
/// while the machine is so busy that Redis seems not to answer.
async fn kept<T: PartialEq + Debug>(call: impl AsyncFn() -> T, expected: T) {
    eventually(PATIENCE, async || {
        let (value, outcome) = observe(call()).await;
        assert_eq!(value, expected, "{outcome:?}");
        match outcome {
            Outcome::LocalHit => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
}

#[redis_cache(ttl = 3600, local = 3600, skip(db))]
async fn version(db: &Database, id: u32) -> u32 {
    let _ = id;
    db.read().await
}

on_every_store! {
    async fn the_first_reader_keeps_it(world) {
        let db = Database::at(1);
        assert_eq!(observe(version(&db, 1)).await, (1, Outcome::Miss));
        assert_eq!(observe(version(&db, 1)).await, (1, Outcome::Hit), "what a body returned is not kept");
        kept(async || version(&db, 1).await, 1).await;
        let stats = world.cache.stats().total;
        assert_eq!((stats.misses, stats.errors), (1, 0));
        assert!(stats.hits >= 1 && stats.local_hits >= 1, "{stats:?}");
    }
}
