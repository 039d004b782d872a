//! The memoized functions with tags: of the arguments, of the result, of both.

use std::sync::Arc;

use cached_runtime::redis_cache;

use crate::functions::{Answer, body};
use crate::world::World;

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    tags = ["all", "n:{number}"],
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn tagged(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    stale_while_revalidate = world.times().window,
    tags = ["all", "n:{number}"],
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn tagged_revalidate(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    stale_if_error = world.times().window,
    tags = ["all", "n:{number}"],
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn tagged_if_error(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    tags = ["team:{result.team()}"],
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn named(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    stale_while_revalidate = world.times().window,
    tags = ["team:{result.team()}"],
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn named_revalidate(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    stale_if_error = world.times().window,
    tags = ["team:{result.team()}"],
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn named_if_error(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    tags = ["all", "n:{number}", "team:{result.team()}"],
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn mixed(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    stale_while_revalidate = world.times().window,
    tags = ["all", "n:{number}", "team:{result.team()}"],
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn mixed_revalidate(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    stale_if_error = world.times().window,
    tags = ["all", "n:{number}", "team:{result.team()}"],
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn mixed_if_error(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}

#[redis_cache(
    prefix = "p",
    ttl = world.times().ttl,
    sliding,
    tags = ["all", "n:{number}", "team:{result.team()}"],
    lease = world.times().lease,
    wait = world.times().wait,
    skip(world)
)]
pub(crate) async fn mixed_sliding(world: Arc<World>, number: u8) -> Answer {
    body(&world, number).await
}
