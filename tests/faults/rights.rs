//! Passwords and rights that are wrong, and later right.

use cached_runtime::Outcome;
use support::RedisServer;

use crate::world::{KNOWN, World};

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

/// What hardened setups leave out, and calls don't need.
#[tokio::test]
async fn reading_and_writing_are_enough() {
    let world = user(&["-@all", "+get", "+set"]).await;
    world.works().await;
    world.proxy.refuse();
    world.calls_are_bounded("few rights").await;
    world.proxy.pass();
    world.recovers("few rights").await;
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
