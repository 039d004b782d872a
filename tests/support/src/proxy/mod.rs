//! A TCP proxy between client and server, with faults that are switched while it runs.

mod connection;
mod rules;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::background::{self, Background};
use connection::Order;
pub use rules::Action;
use rules::Rules;

/// A proxy on a free port. It reads along, so that faults can be aimed at single commands.
///
/// Its methods return when the fault is in place.
#[derive(Debug)]
pub struct Proxy {
    addr: SocketAddr,
    shared: Arc<Shared>,
    gate: mpsc::UnboundedSender<Gate>,
    _background: Background,
}

/// What the proxy and its connections share.
#[derive(Debug)]
struct Shared {
    /// Where new connections go.
    upstream: Mutex<SocketAddr>,
    rules: Mutex<Rules>,
    accepted: AtomicU64,
    /// How many connections are open.
    open: AtomicU64,
    orders: watch::Sender<Order>,
}

/// Opens or closes the listening socket, then answers.
#[derive(Debug)]
struct Gate {
    open: bool,
    done: std::sync::mpsc::Sender<()>,
}

impl Proxy {
    /// Listens on a free port and connects each client to `upstream`.
    pub fn start(upstream: SocketAddr) -> Self {
        let (listener, addr) = background::listen();
        let (gate, gates) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            upstream: Mutex::new(upstream),
            rules: Mutex::default(),
            accepted: AtomicU64::new(0),
            open: AtomicU64::new(0),
            orders: watch::Sender::new(Order::Serve),
        });
        let served = Arc::clone(&shared);
        let background = Background::start("proxy", move || async move {
            accept(background::adopt(listener), addr, gates, served).await;
        });
        Self { addr, shared, gate, _background: background }
    }

    /// The URL for clients.
    pub fn url(&self) -> String {
        format!("redis://{}/", self.addr)
    }

    /// Where the proxy listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Ends all faults: the socket listens and the rules are gone. Connections that hang stay so,
    /// as what was swallowed never comes back.
    pub fn pass(&self) {
        self.rules(Rules::clear);
        self.set_gate(true);
    }

    /// Resets the connections and refuses new ones, until [`pass`](Self::pass).
    pub fn refuse(&self) {
        self.set_gate(false);
        self.reset_existing();
    }

    /// Resets the connections; new ones work.
    pub fn reset_existing(&self) {
        self.shared.orders.send_replace(Order::Reset);
    }

    /// Connections of now stay open and answer nothing any more; new ones work.
    pub fn hang_existing(&self) {
        self.shared.orders.send_replace(Order::Hang);
    }

    /// A black hole: connections of now and new ones are open and answer nothing.
    pub fn hang(&self) {
        self.every("*", Action::Hang);
        self.hang_existing();
    }

    /// From now on, does this with every such command; `*` is any. Names are in upper case. The
    /// latest rule for a command counts.
    pub fn every(&self, command: &str, action: Action) {
        self.rules(|rules| rules.add(command, action, None));
    }

    /// Does this with the next such command; `*` is any.
    pub fn once(&self, command: &str, action: Action) {
        self.rules(|rules| rules.add(command, action, Some(1)));
    }

    /// Connects new clients to another server; connections of now stay where they are.
    pub fn redirect(&self, upstream: SocketAddr) {
        *self.shared.upstream.lock().unwrap_or_else(PoisonError::into_inner) = upstream;
    }

    /// How many connections were accepted so far.
    pub fn connections(&self) -> u64 {
        self.shared.accepted.load(Ordering::SeqCst)
    }

    /// How many connections are open.
    pub fn open_connections(&self) -> u64 {
        self.shared.open.load(Ordering::SeqCst)
    }

    /// How often each command came, by its upper-case name.
    pub fn commands(&self) -> BTreeMap<String, u64> {
        self.rules(|rules| rules.seen.clone())
    }

    /// How many commands came in all.
    pub fn commands_seen(&self) -> u64 {
        self.rules(|rules| rules.seen.values().sum())
    }

    fn rules<T>(&self, work: impl FnOnce(&mut Rules) -> T) -> T {
        work(&mut self.shared.rules.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set_gate(&self, open: bool) {
        let (done, wait) = std::sync::mpsc::channel();
        self.gate.send(Gate { open, done }).expect("the proxy runs");
        wait.recv().expect("the port is free again");
    }
}

async fn accept(
    listener: TcpListener,
    addr: SocketAddr,
    mut gates: mpsc::UnboundedReceiver<Gate>,
    shared: Arc<Shared>,
) {
    let mut listener = Some(listener);
    loop {
        let accepted = async {
            match &listener {
                Some(listener) => listener.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            gate = gates.recv() => {
                let Some(Gate { open, done }) = gate else { return };
                if !open {
                    listener = None;
                } else if listener.is_none() {
                    listener = Some(TcpListener::bind(addr).await.expect("the port is still free"));
                }
                // Nobody waits when the test has ended meanwhile.
                let _ = done.send(());
            }
            Ok((client, _)) = accepted => {
                shared.accepted.fetch_add(1, Ordering::SeqCst);
                shared.open.fetch_add(1, Ordering::SeqCst);
                let orders = shared.orders.subscribe();
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    connection::serve(client, &shared, orders).await;
                    shared.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
