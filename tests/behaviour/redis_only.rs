//! What can be seen on the server: plain JSON, the number of commands, and the ways to name a server.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use cached_runtime::{Cache, Outcome, cache_put, observe, redis_cache};
use support::RedisServer;

#[redis_cache(ttl = 300, prefix = "user", key = "user:{id}")]
async fn user(id: u64) -> Option<Vec<u64>> {
    Some(vec![id])
}

#[redis_cache(ttl = 300, sliding)]
async fn session(id: u64) -> u64 {
    id
}

#[redis_cache(ttl = 300, wait = "10ms")]
async fn impatient(id: u64) -> u64 {
    id
}

#[redis_cache(ttl = 300, flight = "off")]
async fn alone(id: u64) -> u64 {
    id
}

#[cache_put(user(id))]
async fn save_user(id: u64) -> Option<Vec<u64>> {
    Some(vec![id, id])
}

fn cache(url: String) -> Cache {
    Cache::builder().redis(url).namespace("t").op_timeout(Duration::from_secs(10)).build().unwrap()
}

#[tokio::test]
async fn values_are_plain_json_that_others_read_and_write() {
    let server = RedisServer::start().await;
    cache(server.url())
        .scope(async {
            user(7).await;
            let entry = user::entry(7);
            assert!(entry.key().ends_with(":user:7"), "{}", entry.key());
            assert_eq!(server.command(&["GET", entry.key()]).await.text(), "[7]");
            server.command(&["SETEX", entry.key(), "100", " [ 1, 2 ]\n"]).await;
            assert_eq!(observe(user(7)).await, (Some(vec![1, 2]), Outcome::Hit));
            server.command(&["SET", entry.key(), "null"]).await;
            assert_eq!(observe(user(7)).await, (None, Outcome::Hit));
            assert_eq!(entry.ttl().await.unwrap(), Some(Duration::MAX), "it has no end");
            server.command(&["DEL", entry.key()]).await;
            assert_eq!(observe(user(7)).await, (Some(vec![7]), Outcome::Miss));
        })
        .await;
}

#[tokio::test]
async fn one_round_trip_per_hit_two_per_write_and_three_per_miss_or_two_that_nobody_shares() {
    let server = RedisServer::start().await;
    cache(server.url())
        .scope(async {
            // The connection and the script are there.
            user(0).await;
            session(0).await;
            session(0).await;
            alone(0).await;
            save_user(0).await;
            // Nobody waits for the event of it.
            support::eventually(Duration::from_secs(10), || async {
                server.commands().await.of("publish") == 1
            })
            .await;
            let count = async |calls: u64, what: &str, expected: &[(&str, u64)]| {
                let before = server.commands().await;
                for id in 1..=calls {
                    match what {
                        "session" => drop(session(id).await),
                        "alone" => drop(alone(id).await),
                        "save" => drop(save_user(id).await),
                        _ => drop(user(id).await),
                    }
                }
                let made = server.commands().await.since(&before);
                for (name, times) in expected {
                    assert_eq!(made.of(name), times * calls, "{what} {name}: {made:?}");
                }
                made
            };
            // The server counts what a script does as well: here a `GETRANGE` and a `SET`.
            let fill = [("evalsha", 1), ("eval", 0), ("getrange", 1), ("set", 2)];
            let misses = count(50, "user", &fill).await;
            assert_eq!((misses.of("get"), misses.total()), (50, 5 * 50), "{misses:?}");
            let hits = count(50, "user", &[("get", 1), ("set", 0)]).await;
            assert_eq!(hits.total(), 50, "{hits:?}");
            let misses = count(50, "alone", &[("get", 1), ("set", 1)]).await;
            assert_eq!(misses.total(), 2 * 50, "{misses:?}");
            count(50, "session", &[("evalsha", 2), ("eval", 0), ("set", 2)]).await;
            count(50, "session", &[("evalsha", 1), ("eval", 0), ("set", 0)]).await;
            count(50, "save", &[("evalsha", 2), ("eval", 0), ("set", 2)]).await;
        })
        .await;
}

#[tokio::test]
async fn acl_users_databases_and_unix_sockets() {
    let server = RedisServer::builder()
        .password("root-secret")
        .user("app", &["on", ">app-secret", "~t:*", "+@all"])
        .start()
        .await;
    let urls = [
        server.url(),
        server.url() + "/3",
        server.url_as("app", "app-secret"),
        server.unix_url() + "?pass=root-secret",
    ];
    for url in urls {
        let cache = cache(url);
        cache.ping().await.unwrap();
        assert_eq!(cache.scope(observe(user(1))).await.1, Outcome::Miss, "{cache:?}");
        assert_eq!(cache.scope(observe(user(1))).await.1, Outcome::Hit, "{cache:?}");
        assert!(!format!("{cache:?}").contains("secret"));
        cache.clear().await.unwrap();
    }
}

#[tokio::test]
async fn many_calls_make_one_connection() {
    let server = RedisServer::start().await;
    let before = connections(&server).await;
    let cache = cache(server.url());
    let mut calls = tokio::task::JoinSet::new();
    for id in 0..500 {
        let cache = cache.clone();
        calls.spawn(async move { cache.scope(user(id)).await });
    }
    calls.join_all().await;
    assert_eq!(connections(&server).await, before + 2, "and one more for each count");
}

async fn connections(server: &RedisServer) -> u64 {
    let info = server.command(&["INFO", "stats"]).await.text();
    let line = info.lines().find_map(|line| line.strip_prefix("total_connections_received:"));
    line.unwrap().trim().parse().unwrap()
}

/// As `select!` on a `&mut` future does, whose other branch makes the same call.
#[tokio::test]
async fn a_call_that_is_held_and_not_polled_does_not_hold_up_others_for_ever() {
    let server = RedisServer::start().await;
    let cache = cache(server.url());
    cache.ping().await.unwrap();
    cache
        .scope(async {
            let mut held = pin!(impatient(1));
            let begun = poll_fn(|context| Poll::Ready(held.as_mut().poll(context))).await;
            assert!(begun.is_pending(), "it waits for the server");
            let other = tokio::time::timeout(Duration::from_secs(20), impatient(1)).await;
            assert_eq!(other, Ok(1), "it is not polled, so nobody reads");
            assert_eq!(held.await, 1);
        })
        .await;
}
