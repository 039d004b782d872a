//! Starts child processes that die with this process, even when it is killed.
//!
//! The kernel sends the "parent died" signal when the *thread* that forked ends, and a test's
//! thread ends with its test. So one thread that never ends forks all of them.

use std::io;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, OnceLock};
use std::thread;

type Order = (Command, Sender<io::Result<Child>>);

/// Starts `program`, as `configure` says, as a process that dies with this one, even when this one is killed.
///
/// # Errors
///
/// When it can't be started.
pub fn start_process(program: &str, configure: impl FnOnce(&mut Command)) -> io::Result<Child> {
    let mut command = tied(program);
    configure(&mut command);
    spawn(command)
}

/// A command that runs `program` under `setpriv --pdeathsig KILL`, where there is a `setpriv`.
pub(crate) fn tied(program: &str) -> Command {
    let setpriv = ["/usr/bin/setpriv", "/bin/setpriv"].into_iter().find(|p| Path::new(p).exists());
    match setpriv {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "KILL", program]);
            command
        }
        None => Command::new(program),
    }
}

/// Starts the command from the thread that never ends.
pub(crate) fn spawn(command: Command) -> io::Result<Child> {
    static FORKER: OnceLock<Mutex<Sender<Order>>> = OnceLock::new();
    let forker = FORKER.get_or_init(|| {
        let (orders, inbox) = channel::<Order>();
        thread::Builder::new()
            .name("forker".into())
            .spawn(move || {
                for (mut command, answer) in inbox {
                    let _ = answer.send(command.spawn());
                }
            })
            .expect("a thread starts");
        Mutex::new(orders)
    });
    let (answer, child) = channel();
    let orders = forker.lock().expect("sending doesn't panic").clone();
    orders.send((command, answer)).expect("the forker never ends");
    child.recv().expect("the forker answers")
}
