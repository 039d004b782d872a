use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::*;
use crate::FakeServer;
use crate::resp;

const WAIT: Duration = Duration::from_secs(5);

/// A server that answers each command with its last word.
fn echo() -> (FakeServer, Proxy) {
    let server = FakeServer::start(|words| format!("+{}\r\n", words.last().unwrap()).into_bytes());
    let proxy = Proxy::start(server.addr());
    (server, proxy)
}

fn connect(proxy: &Proxy) -> TcpStream {
    let stream = TcpStream::connect(proxy.addr()).unwrap();
    stream.set_read_timeout(Some(WAIT)).unwrap();
    stream
}

fn send(stream: &mut TcpStream, args: &[&str]) {
    stream.write_all(&resp::command(args)).unwrap();
}

fn read(stream: &mut TcpStream, length: usize) -> String {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn silent(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    stream.read(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}

#[test]
fn commands_pass_and_are_counted() {
    let (_server, proxy) = echo();
    let mut stream = connect(&proxy);
    send(&mut stream, &["get", "a"]);
    send(&mut stream, &["PING"]);
    assert_eq!(read(&mut stream, 11), "+a\r\n+PING\r\n");
    assert_eq!((proxy.commands()["GET"], proxy.commands_seen()), (1, 2));
    assert_eq!((proxy.connections(), proxy.open_connections()), (1, 1));
}

#[test]
fn refusing_resets_what_is_open_and_ends_on_the_same_port() {
    let (_server, proxy) = echo();
    let mut stream = connect(&proxy);
    send(&mut stream, &["a"]);
    read(&mut stream, 4);
    proxy.refuse();
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(TcpStream::connect(proxy.addr()).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    proxy.pass();
    let mut stream = connect(&proxy);
    send(&mut stream, &["a"]);
    assert_eq!(read(&mut stream, 4), "+A\r\n");
}

#[test]
fn answers_keep_the_order_of_a_pipeline() {
    let (server, proxy) = echo();
    proxy.every("SET", Action::error("READONLY no"));
    proxy.once("GET", Action::Replace(b"junk".to_vec()));
    let mut stream = connect(&proxy);
    for args in [&["GET", "a"][..], &["SET", "b"], &["GET", "c"]] {
        send(&mut stream, args);
    }
    assert_eq!(read(&mut stream, 22), "junk-READONLY no\r\n+c\r\n");
    assert!(!server.commands().contains_key("SET"));
    assert_eq!(server.commands()["GET"], 2);
}

#[test]
fn a_reply_is_cut_by_a_reset() {
    let (_server, proxy) = echo();
    proxy.once("*", Action::ResetAfter(3));
    let mut stream = connect(&proxy);
    send(&mut stream, &["abcdef"]);
    let mut received = Vec::new();
    let error = stream.read_to_end(&mut received).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert!(b"+AB".starts_with(&received), "{received:?}");
}

#[test]
fn existing_connections_hang_while_new_ones_work() {
    let (_server, proxy) = echo();
    let mut old = connect(&proxy);
    send(&mut old, &["a"]);
    read(&mut old, 4);
    proxy.hang_existing();
    send(&mut old, &["a"]);
    let mut new = connect(&proxy);
    send(&mut new, &["a"]);
    assert_eq!(read(&mut new, 4), "+A\r\n");
    assert!(silent(&mut old));
}

#[test]
fn new_connections_go_to_another_server() {
    let (_server, proxy) = echo();
    let mut old = connect(&proxy);
    send(&mut old, &["a"]);
    read(&mut old, 4);
    let other = FakeServer::start(|_| b"+other\r\n".to_vec());
    proxy.redirect(other.addr());
    let mut new = connect(&proxy);
    send(&mut new, &["a"]);
    send(&mut old, &["b"]);
    assert_eq!((read(&mut new, 8), read(&mut old, 4)), ("+other\r\n".into(), "+B\r\n".into()));
}

#[test]
fn a_black_hole_accepts_and_answers_nothing() {
    let (_server, proxy) = echo();
    proxy.hang();
    let mut stream = connect(&proxy);
    send(&mut stream, &["a"]);
    assert!(silent(&mut stream));
    proxy.pass();
    assert!(silent(&mut stream), "what was swallowed stays so");
}

#[test]
fn replies_are_delayed_and_cut_short() {
    let (_server, proxy) = echo();
    proxy.once("*", Action::Delay(Duration::from_millis(60)));
    let mut stream = connect(&proxy);
    let start = Instant::now();
    send(&mut stream, &["a"]);
    read(&mut stream, 4);
    assert!(start.elapsed() >= Duration::from_millis(60));
    proxy.once("*", Action::HangAfter(2));
    send(&mut stream, &["a"]);
    assert_eq!(read(&mut stream, 2), "+A");
    assert!(silent(&mut stream));
}
