//! Servers and users that know no such thing: nothing is kept, and all else is as ever.

use std::time::Duration;

use cached_runtime::{Cache, Outcome};
use support::{Action, Events, RedisServer, eventually};

use super::{PATIENCE, World, tracking};
use crate::world::{CALM, KNOWN, cache_with};

/// Calls hit in Redis, and are told so once.
async fn stays_off(world: &World, events: &Events, problem: &str) {
    assert_eq!(world.call(KNOWN).await.1, Outcome::Miss);
    for _ in 0..50 {
        assert_eq!(world.call(KNOWN).await.1, Outcome::Hit);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(world.cache.stats().total.errors, 0);
    let lines = events.lines();
    let warnings: Vec<_> = lines.iter().filter(|line| line.starts_with("WARN")).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    for part in [problem, "+client|tracking", "local(untracked", "Redis at"] {
        assert!(warnings[0].contains(part), "{part}: {}", warnings[0]);
    }
    assert!(!warnings[0].contains("pw"), "{}", warnings[0]);
    assert_eq!(tracking(&world.server).await.len(), 0);
}

#[tokio::test]
async fn no_right_to_track() {
    let (events, _guard) = Events::record();
    let rules = ["on", ">pw", "~*", "&*", "+@all", "-client|tracking"];
    let mut world = World::with(RedisServer::builder().user("app", &rules), CALM).await;
    world.cache = as_user(&world);
    stays_off(&world, &events, "NOPERM").await;
    // Each of two connections says who it is by two of them.
    assert_eq!(world.proxy.commands()["CLIENT"], 5, "it is not tried again and again");
    world.server.command(&["ACL", "SETUSER", "app", "+client|tracking"]).await;
    assert_eq!(world.call(KNOWN).await.1, Outcome::Hit);
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(61)).await;
    tokio::time::resume();
    world.warm(KNOWN).await;
    let lines = events.lines();
    let is_told = |line: &&String| line.starts_with("INFO") && line.contains("values are kept");
    assert_eq!(lines.iter().filter(is_told).count(), 1, "{lines:?}");
}

fn as_user(world: &World) -> Cache {
    cache_with(&format!("redis://app:pw@{}/", world.proxy.addr()), CALM)
}

#[tokio::test]
async fn no_resp3() {
    for problem in [
        "NOPROTO unsupported protocol version",
        "ERR unknown command `HELLO`, with args beginning with: `3`",
    ] {
        let (events, _guard) = Events::record();
        let world = World::start().await;
        // The connection of all other commands asks who the server is, too.
        world.cache.ping().await.unwrap();
        world.proxy.every("HELLO", Action::error(problem));
        stays_off(&world, &events, if problem.starts_with("ERR") { "RESP3" } else { problem })
            .await;
    }
}

/// What a proxy may do that knows no tracking.
#[tokio::test]
async fn no_such_command() {
    let (events, _guard) = Events::record();
    let world = World::start().await;
    let problem = "ERR unknown subcommand 'TRACKING'. Try CLIENT HELP.";
    world.proxy.every("CLIENT", Action::error(problem));
    stays_off(&world, &events, problem).await;
}

/// Errors that end by themselves, as soon as the server has time.
#[tokio::test]
async fn it_is_busy() {
    let (events, _guard) = Events::record();
    let world = World::start().await;
    for (id, problem) in [
        "LOADING Redis is loading the dataset in memory",
        "BUSY Redis is busy running a script. You can only call SCRIPT KILL",
        "ERR max number of clients reached",
    ]
    .into_iter()
    .enumerate()
    {
        world.warm(1).await;
        world.proxy.every("HELLO", Action::error(problem));
        let is_off = || async { tracking(&world.server).await.is_empty() };
        eventually(PATIENCE, is_off).await;
        // One that was not kept has it tried again.
        for _ in 0..20 {
            assert_ne!(world.call(100 + id as u64).await.1, Outcome::LocalHit);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        world.proxy.pass();
    }
    world.warm(1).await;
    assert!(!events.lines().iter().any(|line| line.contains("refuses")), "{:?}", events.lines());
}

/// What a proxy may do that knows no RESP3: it says nothing, and closes the connection.
#[tokio::test]
async fn no_connection_lasts() {
    let (events, _guard) = Events::record();
    let world = World::start().await;
    world.cache.ping().await.unwrap();
    world.proxy.every("HELLO", Action::ResetAfter(0));
    let told = |level: &str| {
        let lines = events.lines();
        lines.iter().filter(|line| line.starts_with(level) && line.contains("tells")).count()
    };
    eventually(PATIENCE, || async {
        assert_ne!(world.call(1).await.1, Outcome::LocalHit);
        told("WARN") == 1
    })
    .await;
    for _ in 0..20 {
        world.call(1).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    world.proxy.pass();
    world.warm(1).await;
    assert_eq!((told("WARN"), told("INFO")), (1, 1), "{:?}", events.lines());
    assert_eq!(world.cache.stats().total.errors, 0);
}

/// These rights, beside those of the steps, and no others.
#[tokio::test]
async fn the_rights_that_it_needs() {
    let rules =
        ["on", ">pw", "~t:*", "+get", "+set", "+pttl", "+evalsha", "+eval", "+getrange", "+unlink"];
    let (events, _guard) = Events::record();
    let user = RedisServer::builder().user("app", &[&rules[..], &["+client|tracking"]].concat());
    let mut world = World::with(user, CALM).await;
    world.cache = as_user(&world);
    world.warm(1).await;
    world.is_seen(1, 5, world.set(1, 5)).await;
    world.warm(1).await;
    assert!(!events.lines().iter().any(|line| line.starts_with("WARN")), "{:?}", events.lines());
}
