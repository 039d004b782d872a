//! One table each.

mod in_process;
mod in_redis;
mod miss;
mod outage;
mod stampede;

use support::RedisServer;
use tokio::runtime::Runtime;

use crate::body::Who;
use crate::peer::Peer;
use crate::peers::{by_hand, cached, hitbox, ours};

type Run = fn(&'static Runtime, &RedisServer);

/// Their names for the command line. The last one kills the server.
pub(crate) const ALL: [(&str, Run); 5] = [
    ("in-process", in_process::run),
    ("in-redis", in_redis::run),
    ("miss", miss::run),
    ("stampede", stampede::run),
    ("outage", outage::run),
];

// The peers on Redis that more than one section measures.

fn ours(runtime: &'static Runtime) -> Peer {
    let call = |id| async move { Some(ours::record(id).await) };
    Peer::in_redis(runtime, "**cached-runtime**", Who::Ours, call)
}

fn by_hand(runtime: &'static Runtime) -> Peer {
    let call = |id| async move { by_hand::record(id).await.ok() };
    Peer::in_redis(runtime, "by hand: redis, serde_json", Who::ByHand, call)
}

fn cached(runtime: &'static Runtime) -> Peer {
    let call = |id| async move { cached::record(id).await.ok() };
    Peer::in_redis(runtime, "cached `#[concurrent_cached]`, MessagePack", Who::Cached, call)
}

fn hitbox(runtime: &'static Runtime) -> Peer {
    let call = |id| async move { Some(hitbox::in_redis(id).await) };
    Peer::in_redis(runtime, "hitbox, bincode", Who::Hitbox, call)
}

fn hitbox_as_json(runtime: &'static Runtime) -> Peer {
    let call = |id| async move { Some(hitbox::in_redis_as_json(id).await) };
    Peer::in_redis(runtime, "hitbox, JSON", Who::HitboxJson, call)
}
