//! The processes, their server, and the database.

use std::process::Command;
use std::time::Duration;

use support::{Line, Peer, Proxy, RedisServer};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use crate::worker::{DATABASE, NUMBER, TEST, URL};

const PROCESSES: usize = 2;

/// Longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Fleet {
    processes: Vec<Process>,
    pub(crate) server: RedisServer,
    /// Before the last process.
    pub(crate) proxy: Proxy,
    _database: RedisServer,
}

struct Process {
    peer: Peer,
    said: UnboundedReceiver<Line>,
}

impl Fleet {
    pub(crate) async fn start(server: RedisServer) -> Self {
        let database = RedisServer::start().await;
        let proxy = Proxy::start(server.addr());
        let mut urls = vec![server.url(); PROCESSES];
        urls[PROCESSES - 1] = proxy.url();
        let numbers = 1..;
        let processes =
            numbers.zip(urls).map(|(number, url)| Process::start(number, &url, &database));
        let mut fleet = Self { processes: processes.collect(), server, proxy, _database: database };
        fleet.hear_all("ready").await;
        fleet
    }

    pub(crate) fn tell_all(&mut self, order: &str) {
        self.processes.iter_mut().for_each(|process| process.peer.tell(order));
    }

    /// Waits until all have said that word; what they have said.
    pub(crate) async fn hear_all(&mut self, word: &str) -> Vec<Line> {
        let mut heard = Vec::new();
        for process in &mut self.processes {
            heard.push(process.hear(word).await);
        }
        heard
    }

    pub(crate) fn tell_first(&mut self, order: &str) {
        self.processes[0].peer.tell(order);
    }

    pub(crate) async fn hear_first(&mut self, word: &str) -> Line {
        self.processes[0].hear(word).await
    }

    /// The one behind the proxy.
    pub(crate) fn tell_last(&mut self, order: &str) {
        self.processes[PROCESSES - 1].peer.tell(order);
    }

    pub(crate) async fn hear_last(&mut self, word: &str) -> Line {
        self.processes[PROCESSES - 1].hear(word).await
    }

    /// Kills the connections that tell of changes; how many there were.
    pub(crate) async fn kill_trackers(&self) -> u64 {
        let list = self.server.command(&["CLIENT", "LIST"]).await.text();
        let mut killed = 0;
        for client in list.lines() {
            let field = |name: &str| client.split(' ').find_map(|field| field.strip_prefix(name));
            if field("flags=").is_some_and(|flags| flags.contains('t'))
                && let Some(id) = field("id=")
            {
                // It may have gone by itself.
                killed +=
                    u64::from(self.server.try_command(&["CLIENT", "KILL", "ID", id]).await.is_ok());
            }
        }
        killed
    }
}

impl Process {
    fn start(number: usize, url: &str, database: &RedisServer) -> Self {
        let (say, said) = unbounded_channel();
        let configure = |command: &mut Command| {
            command.env(URL, url).env(DATABASE, database.url()).env(NUMBER, number.to_string());
        };
        let peer = Peer::start(TEST, configure, move |line| {
            // The test may have ended.
            let _ = say.send(line);
        });
        Self { peer, said }
    }

    async fn hear(&mut self, word: &str) -> Line {
        let said = timeout(PATIENCE, self.said.recv()).await.expect("the process says something");
        let line = said.expect("the process runs");
        assert_eq!(line.word, word, "{line:?}");
        line
    }
}
