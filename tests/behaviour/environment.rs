//! The default cache, from the environment. A process has one, so each case is a process: this test binary again,
//! with nothing but `child` to run.

use std::process::Command;

use cached_runtime::{Cache, Outcome, observe, redis_cache};
use support::RedisServer;

const CHILD: &str = "CACHED_RUNTIME_TEST_CHILD";

#[redis_cache(ttl = 60)]
async fn double(n: u64) -> u64 {
    n * 2
}

/// What a child process finds; nothing in the parent.
#[tokio::test]
async fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let (value, first) = observe(double(4)).await;
    assert_eq!(value, 8);
    let second = observe(double(4)).await.1;
    let invalidated = double::entry(4).invalidate().await.map_err(|error| error.to_string());
    let ping = Cache::current().ping().await.is_ok();
    let install = Cache::in_memory().install().unwrap_err();
    assert!(install.is_setting() && install.to_string().contains("in use"), "{install}");
    println!("child: {first} {second} {invalidated:?} {ping} {:?}", Cache::current());
}

/// One line of what the child says with this `REDIS_URL`.
fn with_redis_url(url: Option<&str>) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["environment::child", "--exact", "--nocapture"]).env(CHILD, "1");
    match url {
        Some(url) => command.env("REDIS_URL", url),
        None => command.env_remove("REDIS_URL"),
    };
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let line = text.lines().find_map(|line| line.split_once("child: "));
    line.unwrap_or_else(|| panic!("{text}")).1.to_owned()
}

#[tokio::test]
async fn a_redis_url_is_used() {
    let server = RedisServer::start().await;
    let said = with_redis_url(Some(&server.url()));
    assert!(said.starts_with("miss hit Ok(()) true"), "{said}");
    assert!(said.contains(&format!("Redis at 127.0.0.1:{}", server.port())), "{said}");
}

#[test]
fn without_one_entries_are_in_the_process() {
    for url in [None, Some("")] {
        let said = with_redis_url(url);
        assert!(
            said.starts_with("miss hit Ok(()) true") && said.contains("this process"),
            "{said}"
        );
    }
}

#[test]
fn a_wrong_one_fails_no_call_and_every_explicit_step() {
    let said = with_redis_url(Some("redis://:s3cret@host:port"));
    assert!(said.starts_with(&format!("{} {} Err", Outcome::Bypass, Outcome::Bypass)), "{said}");
    assert!(said.contains("REDIS_URL") && said.contains(" false "), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
}
