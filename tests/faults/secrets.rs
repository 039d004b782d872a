//! Passwords stay out of `Debug`, errors and events.

use std::error::Error as _;

use cached_runtime::{Cache, Error};
use support::{Events, RedisServer};

use crate::world::World;

/// A password, as it is and as it stands in a URL.
const PASSWORD: &str = "s3cr3t/p@ss";
const ENCODED: &str = "s3cr3t%2Fp%40ss";

#[track_caller]
fn is_clean(text: &str) {
    for part in [PASSWORD, ENCODED, "s3cr3t"] {
        assert!(!text.contains(part), "a password in {text}");
    }
}

#[track_caller]
fn error_is_clean(error: &Error) {
    is_clean(&format!("{error} {error:?} {error:#?}"));
    let mut source = error.source();
    while let Some(inner) = source {
        is_clean(&format!("{inner} {inner:?}"));
        source = inner.source();
    }
}

#[test]
fn a_bad_url_is_refused_without_its_password() {
    let bad = [
        format!("redis://user:{ENCODED}@host:notaport/"),
        format!("redis://user:{PASSWORD}@host/"),
        format!("redis://user:{ENCODED}@/"),
        format!("redis://user:{ENCODED}@host/notadatabase"),
        format!("redis://user:{ENCODED}@host/99999999999"),
        format!("redis://user:{ENCODED}@[::1/"),
        format!("redis://user:{ENCODED}@ho st/"),
        format!("http://user:{ENCODED}@host/"),
        format!("user:{ENCODED}@host"),
        format!("redis+unix:///tmp/x.sock?pass={ENCODED}&db=no"),
        format!("redis://user:{ENCODED}%ff@host/"),
        String::new(),
    ];
    for url in bad {
        let builder = Cache::builder().redis(url.as_str());
        is_clean(&format!("{builder:?}"));
        match builder.build() {
            Ok(cache) => {
                eprintln!("{url} is accepted");
                is_clean(&format!("{cache:?}"));
            }
            Err(error) => {
                eprintln!("{url}: {error}");
                error_is_clean(&error);
            }
        }
    }
}

#[tokio::test]
async fn errors_and_events_of_outages_are_clean() {
    let (events, _guard) = Events::record();
    let builder = RedisServer::builder().password(PASSWORD);
    let world = World::of(builder, &format!(":{ENCODED}@")).await;
    is_clean(&format!("{:?} {:#?} {:?}", world.cache, world.cache, world.cache.stats()));
    world.works().await;

    world.proxy.refuse();
    world.calls_are_bounded("refused").await;
    error_is_clean(&world.cache.ping().await.unwrap_err());
    world.proxy.pass();
    world.recovers("refused").await;

    world.server.command(&["CONFIG", "SET", "requirepass", "other"]).await;
    world.proxy.reset_existing();
    world.calls_are_bounded("wrong password").await;
    error_is_clean(&world.cache.ping().await.unwrap_err());
    is_clean(&format!("{:?}", world.cache));

    let seen = events.lines();
    let ours: Vec<_> = seen.iter().filter(|line| line.contains("cached_runtime")).collect();
    eprintln!("{ours:#?}");
    assert!(!ours.is_empty(), "an operator hears of an outage");
    is_clean(&seen.join("\n"));
}

/// An outage of many calls is no flood of events.
#[tokio::test]
async fn events_are_few() {
    let (events, _guard) = Events::record();
    let world = World::start().await;
    world.works().await;
    world.proxy.refuse();
    world.calls_are_bounded("few events").await;
    world.fresh_calls(1000).await;
    world.proxy.pass();
    world.recovers("few events").await;
    let seen = events.lines();
    let ours: Vec<_> = seen.iter().filter(|line| line.contains("cached_runtime")).collect();
    eprintln!("{ours:#?}");
    let loud = ours.iter().filter(|line| line.starts_with("WARN") || line.starts_with("ERROR"));
    assert!((1..=10).contains(&loud.count()), "{ours:#?}");
}
