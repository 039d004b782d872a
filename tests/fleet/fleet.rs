//! Four processes on one server, each behind a proxy that counts its commands.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use support::{Line, Peer, Proxy, RedisServer};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use crate::worker::{TEST, URL};

/// How many there are.
pub(crate) const PROCESSES: usize = 4;

/// How many calls each makes at once.
pub(crate) const CALLS: u64 = 250;

/// Longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a process has said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) process: usize,
    pub(crate) line: Line,
    /// When it was heard.
    pub(crate) at: Instant,
}

pub(crate) struct Fleet {
    processes: Vec<Process>,
    said: UnboundedReceiver<Said>,
    _server: RedisServer,
}

struct Process {
    peer: Peer,
    proxy: Proxy,
    /// Commands, by their names, when the last calls began.
    before: BTreeMap<String, u64>,
}

impl Fleet {
    /// Starts the processes, and waits until they are connected.
    pub(crate) async fn start() -> Self {
        let server = RedisServer::start().await;
        let (say, said) = unbounded_channel();
        let processes = (0..PROCESSES).map(|number| Process::start(number, &server, &say));
        let mut fleet = Self { processes: processes.collect(), said, _server: server };
        for _ in 0..PROCESSES {
            assert_eq!(fleet.next().await.line.word, "ready");
        }
        fleet
    }

    /// Has all processes call the function at once.
    pub(crate) fn call(&mut self, function: &str, id: u64) {
        for process in &mut self.processes {
            process.before = process.proxy.commands();
        }
        for number in 0..PROCESSES {
            self.tell(number, &format!("call {function} {id} {CALLS}"));
        }
    }

    pub(crate) fn tell(&mut self, process: usize, order: &str) {
        self.processes[process].peer.tell(order);
    }

    /// Waits for what the next process says.
    pub(crate) async fn next(&mut self) -> Said {
        let said = timeout(PATIENCE, self.said.recv()).await.expect("a process says something");
        said.expect("a process runs")
    }

    /// Kills a process at once (SIGKILL).
    pub(crate) fn kill(&mut self, process: usize) {
        self.processes[process].peer.kill();
    }

    /// The commands of a process since the last calls began.
    pub(crate) fn commands(&self, process: usize) -> BTreeMap<String, u64> {
        let Process { proxy, before, .. } = &self.processes[process];
        let mut commands = proxy.commands();
        for (name, count) in &mut commands {
            *count -= before.get(name).copied().unwrap_or(0);
        }
        commands.retain(|_, count| *count > 0);
        commands
    }
}

impl Process {
    fn start(number: usize, server: &RedisServer, say: &UnboundedSender<Said>) -> Self {
        let proxy = Proxy::start(server.addr());
        let say = say.clone();
        let configure = |command: &mut Command| {
            // One body panics, and to print a backtrace takes half as long as a body.
            command.env(URL, proxy.url()).env("RUST_BACKTRACE", "0");
        };
        let peer = Peer::start(TEST, configure, move |line| {
            // The test may have ended.
            let _ = say.send(Said { process: number, line, at: Instant::now() });
        });
        Self { peer, proxy, before: BTreeMap::new() }
    }
}
