//! A server that isn't there.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::background::{self, Background};
use crate::resp;

type Answer = dyn Fn(&[String]) -> Vec<u8> + Send + Sync;

/// Answers each command with what a closure says.
#[derive(Debug)]
pub struct FakeServer {
    addr: SocketAddr,
    seen: Arc<Mutex<BTreeMap<String, u64>>>,
    _background: Background,
}

impl FakeServer {
    /// Listens on a free port. The closure gets the words of a command (its name in upper case)
    /// and returns the bytes to answer.
    pub fn start(answer: impl Fn(&[String]) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let (listener, addr) = background::listen();
        let seen = Arc::new(Mutex::new(BTreeMap::new()));
        let answer: Arc<Answer> = Arc::new(answer);
        let counts = Arc::clone(&seen);
        let background = Background::start("fake server", move || async move {
            let listener = background::adopt(listener);
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&answer), Arc::clone(&counts)));
            }
        });
        Self { addr, seen, _background: background }
    }

    /// A server of that version, in the replies to `HELLO` and `INFO`. It holds no keys.
    pub fn old(version: &'static str) -> Self {
        Self::start(move |words| match words[0].as_str() {
            "HELLO" => hello(version, words.get(1).is_some_and(|proto| proto == "3")),
            "INFO" => {
                let info =
                    format!("# Server\r\nredis_version:{version}\r\nredis_mode:standalone\r\n");
                format!("${}\r\n{info}\r\n", info.len()).into_bytes()
            }
            "PING" => b"+PONG\r\n".to_vec(),
            "GET" => b"$-1\r\n".to_vec(),
            _ => b"+OK\r\n".to_vec(),
        })
    }

    /// Where the server listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The URL for clients.
    pub fn url(&self) -> String {
        format!("redis://{}/", self.addr)
    }

    /// How often each command came, by its upper-case name.
    pub fn commands(&self) -> BTreeMap<String, u64> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn hello(version: &str, resp3: bool) -> Vec<u8> {
    let head = if resp3 { "%3" } else { "*6" };
    let proto = if resp3 { 3 } else { 2 };
    let length = version.len();
    format!(
        "{head}\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n${length}\r\n{version}\r\n\
         $5\r\nproto\r\n:{proto}\r\n"
    )
    .into_bytes()
}

async fn serve(
    mut stream: TcpStream,
    answer: Arc<Answer>,
    seen: Arc<Mutex<BTreeMap<String, u64>>>,
) {
    let mut received = Vec::new();
    while let Ok(1..) = stream.read_buf(&mut received).await {
        let Ok(commands) = resp::take_commands(&mut received) else { return };
        let mut replies = Vec::new();
        for (_, mut words) in commands {
            words[0].make_ascii_uppercase();
            let mut counts = seen.lock().unwrap_or_else(PoisonError::into_inner);
            *counts.entry(words[0].clone()).or_default() += 1;
            replies.extend(answer(&words));
        }
        if stream.write_all(&replies).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Reply;
    use crate::client::call;

    #[test]
    fn an_old_server_says_so() {
        let server = FakeServer::old("6.2.0");
        let ask = |args: &[&str]| call(server.addr, ("u", "p"), args, Duration::from_secs(5));
        assert!(ask(&["info"]).unwrap().text().contains("redis_version:6.2.0"));
        let Reply::Map(hello) = ask(&["HELLO", "3"]).unwrap() else { panic!("no map") };
        assert_eq!(hello[1].1.text(), "6.2.0");
        assert_eq!(server.commands()["INFO"], 1);
    }
}
