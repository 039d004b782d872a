//! The memoized functions. Each body tells when it began and what it read.

use std::panic::resume_unwind;
use std::sync::Arc;

use cached_runtime::{Entry, redis_cache};
use serde::{Deserialize, Serialize};

use crate::plan::Slot;
use crate::world::World;

/// What was in the database, and when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Read {
    pub(crate) number: u8,
    /// When the body began.
    pub(crate) born: u64,
    pub(crate) version: u64,
}

/// The error of a body; its read is good for the same check.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failure(pub(crate) Read);

/// An error that is no `Clone`, so each follower runs its body.
#[derive(Debug)]
pub(crate) struct Unique(Failure);

/// What a body panics with.
pub(crate) struct Panic;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    UniqueErrors,
    Revalidate,
    IfError,
    Both,
    Early,
    Sliding,
    Process,
}

/// The prefix of all of them.
pub(crate) const PREFIX: &str = "p";

type Answer = Result<Read, Failure>;

async fn body(world: &World, number: u8) -> Answer {
    let born = world.clock.tick();
    let version = world.database.version(number);
    let read = Read { number, born, version };
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
async fn plain(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(prefix = "p", ttl = world.times().ttl, lease = world.times().lease, wait = world.times().wait, skip(world))]
async fn unique_errors(world: Arc<World>, number: u8) -> Result<Read, Unique> {
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
async fn revalidate(world: Arc<World>, number: u8) -> Answer {
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
async fn if_error(world: Arc<World>, number: u8) -> Answer {
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
async fn both(world: Arc<World>, number: u8) -> Answer {
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
async fn early(world: Arc<World>, number: u8) -> Answer {
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
async fn sliding(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(prefix = "p", ttl = world.times().ttl, flight = "process", wait = world.times().wait, skip(world))]
async fn process(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

impl Kind {
    /// Those whose promise is for all processes.
    pub(crate) const OF_ALL_PROCESSES: [Self; 7] = [
        Self::Plain,
        Self::UniqueErrors,
        Self::Revalidate,
        Self::IfError,
        Self::Both,
        Self::Early,
        Self::Sliding,
    ];
}

impl Slot {
    pub(crate) async fn call(self, world: Arc<World>) -> Answer {
        let number = self.number;
        match self.kind {
            Kind::Plain => plain(world, number).await,
            Kind::UniqueErrors => unique_errors(world, number).await.map_err(|Unique(error)| error),
            Kind::Revalidate => revalidate(world, number).await,
            Kind::IfError => if_error(world, number).await,
            Kind::Both => both(world, number).await,
            Kind::Early => early(world, number).await,
            Kind::Sliding => sliding(world, number).await,
            Kind::Process => process(world, number).await,
        }
    }

    pub(crate) fn entry(self, world: Arc<World>) -> Entry<Read> {
        let number = self.number;
        match self.kind {
            Kind::Plain => plain::entry(world, number),
            Kind::UniqueErrors => unique_errors::entry(world, number),
            Kind::Revalidate => revalidate::entry(world, number),
            Kind::IfError => if_error::entry(world, number),
            Kind::Both => both::entry(world, number),
            Kind::Early => early::entry(world, number),
            Kind::Sliding => sliding::entry(world, number),
            Kind::Process => process::entry(world, number),
        }
    }
}
