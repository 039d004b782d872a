//! Passwords and rights that are wrong, and later right.

use std::time::Duration;

use cached_runtime::{Bytes, Outcome, RedisStore, Store};
use support::RedisServer;

use crate::world::{CALM, KNOWN, World};

#[tokio::test]
async fn a_wrong_password_is_corrected() {
    let world = World::of(RedisServer::builder().password("old"), ":new@").await;
    world.calls_are_bounded("wrong password").await;
    world.breaker_is_open("wrong password").await;
    let error = world.cache.ping().await.unwrap_err();
    eprintln!("wrong password: {error}");
    world.server.command(&["CONFIG", "SET", "requirepass", "new"]).await;
    world.recovers("wrong password").await;
}

#[tokio::test]
async fn a_password_is_missing_until_none_is_needed() {
    let world = World::of(RedisServer::builder().password("pw"), "").await;
    world.calls_are_bounded("no password").await;
    world.breaker_is_open("no password").await;
    world.server.command(&["CONFIG", "SET", "requirepass", ""]).await;
    world.recovers("no password").await;
}

/// The password changes on both sides, first on the server: a client that must connect again is
/// refused until the server has the client's password once more.
#[tokio::test]
async fn a_password_changes_under_a_connection() {
    let world = World::of(RedisServer::builder().password("pw"), ":pw@").await;
    world.call(KNOWN).await;
    world.server.command(&["CONFIG", "SET", "requirepass", "other"]).await;
    world.proxy.reset_existing();
    world.calls_are_bounded("changed password").await;
    world.breaker_is_open("changed password").await;
    world.server.command(&["CONFIG", "SET", "requirepass", "pw"]).await;
    world.recovers("changed password").await;
}

async fn user(rules: &[&str]) -> World {
    let all = ["on", ">pw", "~*", "+@all"];
    let builder = RedisServer::builder().user("app", &[&all, rules].concat());
    World::of(builder, "app:pw@").await
}

async fn right_is_granted(world: &World, fault: &str) {
    world.server.command(&["ACL", "SETUSER", "app", "+@all", "~*"]).await;
    world.recovers(fault).await;
}

#[tokio::test]
async fn no_right_to_read() {
    let world = user(&["-get"]).await;
    world.calls_are_bounded("no GET").await;
    right_is_granted(&world, "no GET").await;
}

#[tokio::test]
async fn no_right_to_write() {
    let world = user(&["-set"]).await;
    world.calls_are_bounded("no SET").await;
    right_is_granted(&world, "no SET").await;
}

#[tokio::test]
async fn no_right_to_these_keys() {
    let world = user(&["resetkeys", "~other:*"]).await;
    world.calls_are_bounded("no keys").await;
    right_is_granted(&world, "no keys").await;
}

#[tokio::test]
async fn no_right_to_anything() {
    let world = user(&["-@all"]).await;
    world.calls_are_bounded("no rights").await;
    right_is_granted(&world, "no rights").await;
}

/// What hardened setups leave out, and calls don't need. What happens without scripts is in `fills`.
#[tokio::test]
async fn a_few_rights_are_enough() {
    let rights = ["-@all", "+get", "+set", "+evalsha", "+eval", "+getrange", "+unlink"];
    let world = user(&rights).await;
    world.works().await;
    world.proxy.refuse();
    world.calls_are_bounded("few rights").await;
    world.proxy.pass();
    world.recovers("few rights").await;
}

/// What the steps of a fill need, each command of which is needed.
#[tokio::test]
async fn the_rights_of_the_steps_are_enough() {
    let all =
        ["+get", "+set", "+pttl", "+unlink", "+evalsha", "+eval", "+pexpire", "+getrange", "+time"];
    let each = ["+getrange", "+unlink", "+pttl", "+evalsha", "+time"];
    for missing in [None].into_iter().chain(each.map(Some)) {
        let granted = all.iter().copied().filter(|right| Some(*right) != missing);
        let world = user(&["-@all"].into_iter().chain(granted).collect::<Vec<_>>()).await;
        let url = format!("redis://app:pw@{}/", world.proxy.addr());
        let store = RedisStore::open(url, CALM).unwrap();
        let failed = steps(&store).await;
        let expected: &[&str] = match missing {
            None => &[],
            Some("+getrange") => &["set_if_starts", "delete_if_starts"],
            Some("+unlink") => &["delete_if_starts"],
            Some("+pttl") => &["get_with_ttl", "lock"],
            Some("+time") => &["lock"],
            _ => &["set_if_starts", "get_and_renew", "delete_if_starts", "lock"],
        };
        assert_eq!(failed, expected, "without {missing:?}");
    }
}

/// Names those that were refused.
async fn steps(store: &RedisStore) -> Vec<&'static str> {
    let (minute, value) = (Duration::from_secs(60), || Bytes::from_static(b"1"));
    let results = [
        ("set_if_absent", store.set_if_absent("t:a", value(), minute).await.map(drop)),
        ("get_with_ttl", store.get_with_ttl("t:a").await.map(drop)),
        ("set_if_starts", store.set_if_starts("t:a", b"1", value(), minute).await.map(drop)),
        ("get_and_renew", store.get_and_renew("t:a", minute).await.map(drop)),
        ("delete_if_starts", store.delete_if_starts("t:a", b"1").await.map(drop)),
        ("lock", store.lock("t:lock", "t:fence", b"1", minute).await.map(drop)),
    ];
    let refused = results.into_iter().filter_map(|(step, result)| {
        let error = result.err()?;
        assert!(error.is_refused(), "{step}: {error}");
        Some(step)
    });
    refused.collect()
}

/// The keys of one function, and no other name in the namespace.
#[tokio::test]
async fn its_own_keys_are_enough() {
    let world = user(&["resetkeys", "~t:double:*"]).await;
    world.works().await;
    world.proxy.refuse();
    world.calls_are_bounded("few keys").await;
    world.proxy.pass();
    world.recovers("few keys").await;
}

/// A proxy or an old client library in between that knows no `HELLO`.
#[tokio::test]
async fn hello_is_refused() {
    let world = World::start().await;
    let error = support::Action::error("NOPERM this user has no permissions to run 'hello'");
    world.proxy.every("HELLO", error);
    world.works().await;
}

#[tokio::test]
async fn rights_are_lost_and_come_back() {
    let world = user(&[]).await;
    world.call(KNOWN).await;
    world.server.command(&["ACL", "SETUSER", "app", "-get", "-set"]).await;
    world.calls_are_bounded("lost rights").await;
    right_is_granted(&world, "lost rights").await;
}

/// A user that is deleted has its connections cut, and later logs in again.
#[tokio::test]
async fn a_user_is_deleted_and_comes_back() {
    let world = user(&[]).await;
    assert_eq!(world.call(KNOWN).await, Outcome::Miss);
    world.server.command(&["ACL", "DELUSER", "app"]).await;
    world.calls_are_bounded("no user").await;
    world.breaker_is_open("no user").await;
    world.server.command(&["ACL", "SETUSER", "app", "on", ">pw", "~*", "+@all"]).await;
    world.recovers("no user").await;
}
