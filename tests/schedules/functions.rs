//! The memoized functions. Each body tells when it began and what it read.

use std::panic::resume_unwind;
use std::sync::Arc;

use cached_runtime::redis_cache;
use serde::{Deserialize, Serialize};

use crate::world::World;

/// What was in the database, and when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Read {
    pub(crate) number: u8,
    /// When the body began, or the writer has committed.
    pub(crate) born: u64,
    pub(crate) version: u64,
    pub(crate) origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Origin {
    Body,
    /// What a function that writes has written.
    Writer,
    /// Put into its entry by hand, at any time after it was read.
    Hand,
}

impl Read {
    /// What results name as their tag.
    pub(crate) fn team(&self) -> u8 {
        u8::from(!self.version.is_multiple_of(2))
    }
}

/// The error of a body; its read is good for the same check.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failure(pub(crate) Read);

/// An error that is no `Clone`, so each follower runs its body.
#[derive(Debug)]
pub(crate) struct Unique(pub(crate) Failure);

/// What a body panics with.
pub(crate) struct Panic;

/// The prefix of all of them.
pub(crate) const PREFIX: &str = "p";

pub(crate) type Answer = Result<Read, Failure>;

pub(crate) async fn body(world: &World, number: u8) -> Answer {
    let born = world.clock.tick();
    let version = world.database.version(number);
    let read = Read { number, born, version, origin: Origin::Body };
    world.began(read);
    let drawn = world.pass_body().await;
    if drawn >= world.plan.failures {
        return Ok(read);
    }
    if drawn % 8 == 0 {
        // Quietly: no hook prints it.
        resume_unwind(Box::new(Panic));
    }
    Err(Failure(read))
}

#[redis_cache(prefix = "p", ttl = world.times().ttl, lease = world.times().lease, wait = world.times().wait, skip(world))]
pub(crate) async fn plain(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(prefix = "p", ttl = world.times().ttl, lease = world.times().lease, wait = world.times().wait, skip(world))]
pub(crate) async fn unique_errors(world: Arc<World>, number: u8) -> Result<Read, Unique> {
    body(&world, number).await.map_err(Unique)
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    stale_while_revalidate = world.times().window,
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn revalidate(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    stale_if_error = world.times().window,
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn if_error(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    stale_while_revalidate = world.times().window / 2,
    stale_if_error = world.times().window,
    early_refresh = 10000.0,
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn both(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    early_refresh = 20000.0,
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn early(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    sliding,
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn sliding(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(prefix = "p", ttl = world.times().ttl, flight = "process", wait = world.times().wait, skip(world))]
pub(crate) async fn process(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}
