//! A process that plays a role.

use std::path::Path;

use support::{Line, Peer};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::roles::{FILE, ROLE, TEST, URL};
use crate::world::soon;

pub(super) struct Process {
    peer: Peer,
    said: UnboundedReceiver<Line>,
}

impl Process {
    pub(super) fn start(role: &str, url: &str, file: &Path) -> Self {
        let (say, said) = unbounded_channel();
        let peer = Peer::start(
            TEST,
            |command| {
                command.env(ROLE, role).env(URL, url).env(FILE, file);
            },
            move |line| {
                // The campaign may have ended.
                let _ = say.send(line);
            },
        );
        Self { peer, said }
    }

    /// Waits for what it says next.
    pub(super) async fn says(&mut self) -> String {
        soon("a word of a process", self.said.recv()).await.expect("the process runs").word
    }

    /// Has it begin.
    pub(super) fn go(&mut self) {
        self.peer.tell("go");
    }
}
