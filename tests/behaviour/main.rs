//! What every store has in common: one suite, on the memory store and on a real Redis.

mod around;
mod basic;
mod custom;
mod entries;
mod environment;
mod events;
mod fills;
mod lifetimes;
mod local;
mod locks;
mod many_entries;
mod named;
mod names;
mod pushed;
mod redis_only;
mod returning;
mod stats;
mod steps;
mod tag_steps;
mod tags;
mod world;
mod write_steps;
mod writes;

/// Runs each test on every store, as `name::memory` and `name::redis`.
macro_rules! on_every_store {
    ($($(#[$attr:meta])* async fn $name:ident($world:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "tests need different things of their module")]
            use super::*;

            $(#[$attr])*
            async fn test($world: $crate::world::World) $body

            #[tokio::test]
            async fn memory() {
                let world = $crate::world::World::in_memory(concat!(module_path!(), "::memory"));
                world.cache.clone().scope(test(world)).await;
            }

            #[tokio::test]
            async fn redis() {
                let world = $crate::world::World::on_redis(concat!(module_path!(), "::redis")).await;
                world.cache.clone().scope(test(world)).await;
            }
        }
    )*};
}

pub(crate) use on_every_store;
