use std::env;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::*;
use crate::{client, eventually};

#[tokio::test]
async fn it_answers_counts_and_is_gone_after_drop() {
    let server = RedisServer::start().await;
    assert_ne!(server.port(), 6379);
    let before = server.commands().await;
    server.command(&["SET", "k", "v"]).await;
    assert_eq!(server.command(&["GET", "k"]).await, Reply::Bulk(b"v".to_vec()));
    assert_eq!(server.keys("*").await, ["k"]);
    let seen = server.commands().await.since(&before);
    assert_eq!(seen, [("get", 1), ("keys", 1), ("set", 1)].into_iter().collect());
    server.flush().await;
    assert_eq!(server.command(&["GET", "k"]).await, Reply::Nil);

    let (addr, dir) = (server.addr(), server.dir());
    drop(server);
    assert!(TcpStream::connect(addr).is_err());
    assert!(!dir.exists());
}

#[tokio::test]
async fn it_starts_again_on_its_port_after_stop_and_kill() {
    let server = RedisServer::start().await;
    let port = server.port();
    server.stop().await;
    assert!(server.try_command(&["PING"]).await.is_err());
    server.start_again().await;
    server.kill().await;
    assert!(server.try_command(&["PING"]).await.is_err());
    server.start_again().await;
    assert_eq!((server.command(&["PING"]).await.text(), server.port()), ("PONG".into(), port));
}

#[tokio::test]
async fn a_frozen_server_answers_nobody() {
    let server = RedisServer::start().await;
    server.pause().await;
    let within = Duration::from_millis(50);
    assert!(server.inner.setup.call(&["PING"], within).is_err());
    server.resume().await;
    assert_eq!(server.command(&["PING"]).await.text(), "PONG");
}

#[tokio::test]
async fn its_users_have_their_passwords_and_rights() {
    let builder = RedisServer::builder().password("pw").user("bob", &["on", ">b", "~*", "+get"]);
    let server = builder.start().await;
    assert_eq!(server.url(), format!("redis://:pw@127.0.0.1:{}/", server.port()));
    let call = |login: client::Login<'static>, args: &[&str]| {
        client::call(server.addr(), login, args, Duration::from_secs(5))
    };
    assert_eq!(call(("default", "pw"), &["PING"]).unwrap().text(), "PONG");
    assert!(call(("default", "no"), &["PING"]).is_err());
    assert_eq!(call(("bob", "b"), &["GET", "k"]).unwrap(), Reply::Nil);
    assert!(call(("bob", "b"), &["SET", "k", "v"]).unwrap().is_error());
}

#[tokio::test]
async fn a_wrong_setting_fails_with_the_log() {
    let start = RedisServer::builder().args(&["--maxclients", "many"]).start();
    let panic = tokio::spawn(start).await.unwrap_err().into_panic();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("ended with exit status: 1"), "{message}");
}

#[tokio::test]
async fn it_outlives_the_thread_that_started_it() {
    let started = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(RedisServer::start())
    });
    let server = started.join().unwrap();
    assert_eq!(server.command(&["PING"]).await.text(), "PONG");
}

#[tokio::test]
async fn it_dies_with_its_process() {
    const CHILD: &str = "SUPPORT_TEST_IS_CHILD";
    if env::var_os(CHILD).is_some() {
        let server = RedisServer::start().await;
        println!("port {}", server.port());
        std::future::pending::<()>().await;
    }
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "server::tests::it_dies_with_its_process", "--nocapture"]);
    let mut child = command.env(CHILD, "1").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let port = lines.find_map(|line| line.split_once("port ")?.1.parse::<u16>().ok()).unwrap();
    TcpStream::connect(("127.0.0.1", port)).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let gone = || async move { TcpStream::connect(("127.0.0.1", port)).is_err() };
    eventually(Duration::from_secs(5), gone).await;
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn tls_is_spoken() {
    let server = RedisServer::builder().tls().start().await;
    let mut client = Command::new("redis-cli");
    client.args(["--tls", "--cacert"]).arg(server.ca_file()).args([
        "-u",
        &server.tls_url(),
        "PING",
    ]);
    let output = client.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "PONG\n");
}
