//! Further processes of the test binary itself, for what only several real processes show.
//!
//! One test of the binary is what such a process does; it does nothing where the environment does not say that this is
//! one. Orders are lines on its stdin, and what it says are [`Line`]s on its stdout.

use std::env;
use std::future::Future;
use std::io::{BufRead, BufReader, Write, stdin};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;

use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::{Line, start_process};

/// One process. It is killed on drop, and dies with this process.
#[derive(Debug)]
pub struct Peer {
    child: Child,
    stdin: ChildStdin,
}

/// Does `serve`, with what `variable` says in the environment: only in a process that was started so.
///
/// # Panics
///
/// When there is no runtime.
pub fn be_peer<F: Future>(variable: &str, serve: impl FnOnce(String) -> F) {
    let Ok(value) = env::var(variable) else { return };
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime starts").block_on(serve(value));
}

impl Peer {
    /// Starts this binary as that one test, as `configure` says; `hear` is called on a thread with all that it says.
    ///
    /// # Panics
    ///
    /// When it can't be started.
    pub fn start(
        test: &str,
        configure: impl FnOnce(&mut Command),
        mut hear: impl FnMut(Line) + Send + 'static,
    ) -> Self {
        let program = env::current_exe().expect("this test has a file");
        let program = program.to_str().expect("its path is UTF-8");
        let mut child = start_process(program, |command| {
            command.args(["--exact", test, "--nocapture"]);
            command.stdin(Stdio::piped()).stdout(Stdio::piped());
            configure(command);
        })
        .expect("the test binary starts again");
        let stdin = child.stdin.take().expect("it is piped");
        let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        thread::spawn(move || {
            let lines = stdout.lines().map_while(Result::ok);
            lines.filter_map(|line| Line::parse(&line)).for_each(&mut hear);
        });
        Self { child, stdin }
    }

    /// Gives it an order.
    ///
    /// # Panics
    ///
    /// When it has ended.
    pub fn tell(&mut self, order: &str) {
        // In one piece: it may be the signal to start.
        self.stdin.write_all(format!("{order}\n").as_bytes()).expect("the process listens");
    }

    /// Kills it at once (`SIGKILL`).
    ///
    /// # Panics
    ///
    /// When it has ended.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it is our child");
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The orders that this process is given.
pub fn orders() -> UnboundedReceiver<String> {
    let (orders, inbox) = unbounded_channel();
    thread::spawn(move || {
        for line in stdin().lines().map_while(Result::ok) {
            let _ = orders.send(line);
        }
    });
    inbox
}
