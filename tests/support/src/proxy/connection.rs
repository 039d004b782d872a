//! One client's connection.
//!
//! Commands are passed on as they come, so pipelines stay pipelines; a queue remembers, per
//! command, what is to happen with its reply.

use std::collections::VecDeque;
use std::io;
use std::sync::PoisonError;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::Shared;
use super::rules::Action;
use crate::resp::{self, Reply};

/// What every connection of this moment shall do.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    Serve,
    Hang,
    Reset,
}

/// How a connection ends.
enum End {
    Close,
    Reset,
    Hang,
}

/// Bytes for the client, and when and with what consequence they go out.
struct Outgoing {
    due: Instant,
    bytes: Vec<u8>,
    then: Option<End>,
}

struct Connection<'a> {
    shared: &'a Shared,
    upstream: TcpStream,
    from_client: Vec<u8>,
    from_upstream: Vec<u8>,
    /// What to do with the replies that are still to come, in order.
    expected: VecDeque<Action>,
    outgoing: VecDeque<Outgoing>,
}

/// Serves a client until either side ends, or a fault does.
pub(super) async fn serve(
    mut client: TcpStream,
    shared: &Shared,
    mut orders: watch::Receiver<Order>,
) {
    // Small replies must not wait for acknowledgements.
    let _ = client.set_nodelay(true);
    let upstream = *shared.upstream.lock().unwrap_or_else(PoisonError::into_inner);
    let end = match TcpStream::connect(upstream).await {
        Ok(upstream) => {
            let _ = upstream.set_nodelay(true);
            let mut connection = Connection {
                shared,
                upstream,
                from_client: Vec::new(),
                from_upstream: Vec::new(),
                expected: VecDeque::new(),
                outgoing: VecDeque::new(),
            };
            connection.run(&mut client, &mut orders).await.unwrap_or(End::Close)
        }
        Err(_) => End::Reset,
    };
    match end {
        End::Close => {}
        End::Reset => reset(&client),
        End::Hang => swallow(client, orders).await,
    }
}

impl Connection<'_> {
    async fn run(
        &mut self,
        client: &mut TcpStream,
        orders: &mut watch::Receiver<Order>,
    ) -> io::Result<End> {
        loop {
            let due = self.outgoing.front().map(|outgoing| outgoing.due);
            let send = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                Ok(()) = orders.changed() => match *orders.borrow_and_update() {
                    Order::Serve => {}
                    Order::Hang => return Ok(End::Hang),
                    Order::Reset => return Ok(End::Reset),
                },
                read = client.read_buf(&mut self.from_client) => {
                    if read? == 0 {
                        return Ok(End::Close);
                    }
                    if let Some(end) = self.commands().await? {
                        return Ok(end);
                    }
                }
                read = self.upstream.read_buf(&mut self.from_upstream) => {
                    if read? == 0 {
                        return Ok(End::Close);
                    }
                    self.replies();
                }
                () = send => if let Some(end) = self.send(client).await? {
                    return Ok(end);
                },
            }
        }
    }

    async fn commands(&mut self) -> io::Result<Option<End>> {
        let commands = resp::take_commands(&mut self.from_client)
            .map_err(|resp::Junk| io::Error::other("the client sent no RESP"))?;
        for (bytes, words) in commands {
            let name = words.first().map(|name| name.to_ascii_uppercase()).unwrap_or_default();
            let action = {
                let mut rules = self.shared.rules.lock().unwrap_or_else(PoisonError::into_inner);
                rules.apply(&name)
            };
            match action {
                Action::Hang => return Ok(Some(End::Hang)),
                Action::Answer(_) => {}
                _ => self.upstream.write_all(&bytes).await?,
            }
            // In RESP3 these are confirmed by pushes, which answer no command.
            if !name.ends_with("SUBSCRIBE") {
                self.expected.push_back(action);
            }
        }
        self.answers();
        Ok(None)
    }

    fn replies(&mut self) {
        loop {
            match Reply::parse(&self.from_upstream) {
                Ok(Some((reply, length))) => {
                    let bytes = self.from_upstream.drain(..length).collect();
                    let action = match reply {
                        Reply::Push(_) => Action::Pass,
                        _ => self.expected.pop_front().unwrap_or(Action::Pass),
                    };
                    self.reply(bytes, action);
                    self.answers();
                }
                Ok(None) => return,
                Err(resp::Junk) => {
                    let bytes = std::mem::take(&mut self.from_upstream);
                    self.reply(bytes, Action::Pass);
                    return;
                }
            }
        }
    }

    /// Queues the proxy's own answers whose turn it is.
    fn answers(&mut self) {
        while let Some(Action::Answer(bytes)) = self.expected.front_mut() {
            let bytes = std::mem::take(bytes);
            self.expected.pop_front();
            self.reply(bytes, Action::Pass);
        }
    }

    fn reply(&mut self, mut bytes: Vec<u8>, action: Action) {
        let now = Instant::now();
        let (due, then) = match action {
            Action::Delay(delay) => (now + delay, None),
            Action::Replace(other) => {
                bytes = other;
                (now, None)
            }
            Action::ResetAfter(length) => {
                bytes.truncate(length);
                (now, Some(End::Reset))
            }
            Action::HangAfter(length) => {
                bytes.truncate(length);
                (now, Some(End::Hang))
            }
            Action::Pass | Action::Answer(_) | Action::Hang => (now, None),
        };
        self.outgoing.push_back(Outgoing { due, bytes, then });
    }

    async fn send(&mut self, client: &mut TcpStream) -> io::Result<Option<End>> {
        while self.outgoing.front().is_some_and(|outgoing| outgoing.due <= Instant::now()) {
            let Some(outgoing) = self.outgoing.pop_front() else { break };
            client.write_all(&outgoing.bytes).await?;
            if outgoing.then.is_some() {
                return Ok(outgoing.then);
            }
        }
        Ok(None)
    }
}

/// Lets the connection end with a reset when it is dropped.
fn reset(client: &TcpStream) {
    // Without it the client sees an orderly end, which is a milder fault.
    let _ = client.set_zero_linger();
}

/// Reads and answers nothing until the client goes or is reset.
async fn swallow(mut client: TcpStream, mut orders: watch::Receiver<Order>) {
    let mut chunk = vec![0; 16 * 1024];
    loop {
        tokio::select! {
            Ok(()) = orders.changed() => if let Order::Reset = *orders.borrow_and_update() {
                return reset(&client);
            },
            read = client.read(&mut chunk) => if !matches!(read, Ok(1..)) {
                return;
            },
        }
    }
}
