//! The memoized functions whose values are kept in the process.

use std::sync::Arc;

use cached_runtime::redis_cache;

use crate::functions::{Answer, body};
use crate::world::World;

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    local = world.times().local,
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn kept(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

/// Also where nobody tells of changes.
#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    local(untracked = world.times().untracked),
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn kept_untracked(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    stale_while_revalidate = world.times().window / 2,
    stale_if_error = world.times().window,
    early_refresh = 10000.0,
    local = world.times().local,
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn kept_stale(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    tags = ["all", "n:{number}"],
    local = world.times().local,
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn kept_tagged(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    tags = ["team:{result.team()}"],
    local = world.times().local,
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn kept_named(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    stale_if_error = world.times().window,
    tags = ["all", "n:{number}", "team:{result.team()}"],
    local = world.times().local,
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn kept_mixed(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    flight = "process",
    local = world.times().local,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn kept_process(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}
