//! A process that plays a role.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Stdio};

use support::start_process;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::roles::{FILE, ROLE, SIGN, TEST, URL};
use crate::world::soon;

pub(super) struct Process {
    child: Child,
    said: UnboundedReceiver<String>,
}

impl Process {
    pub(super) fn start(role: &str, url: &str, file: &Path) -> Self {
        let program = env::current_exe().expect("this test has a file");
        let program = program.to_str().expect("its path is UTF-8");
        let mut child = start_process(program, |command| {
            command.args(["--exact", TEST, "--nocapture"]);
            command.env(ROLE, role).env(URL, url).env(FILE, file);
            command.stdin(Stdio::piped()).stdout(Stdio::piped());
        })
        .expect("the test binary starts again");
        let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let (say, said) = unbounded_channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if let Some((_, word)) = line.split_once(SIGN) {
                    let _ = say.send(word.to_owned());
                }
            }
        });
        Self { child, said }
    }

    /// Waits for what it says next.
    pub(super) async fn says(&mut self) -> String {
        soon("a word of a process", self.said.recv()).await.expect("the process runs")
    }

    /// Has it begin.
    pub(super) fn go(&mut self) {
        let stdin = self.child.stdin.as_mut().expect("it is piped");
        stdin.write_all(b"go\n").expect("the process listens");
    }
}

/// SIGKILL.
impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
