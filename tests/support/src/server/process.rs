//! Starting and ending the process.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use super::{Builder, PATIENCE};
use crate::client;
use crate::dir::TempDir;
use crate::ports;
use crate::resp::Reply;
use crate::spawn;

const ADMIN: client::Login<'static> = ("support-admin", "support-admin");

/// All that a restart needs again.
#[derive(Debug)]
pub(super) struct Setup {
    pub(super) options: Builder,
    pub(super) port: u16,
    #[cfg(feature = "tls")]
    pub(super) tls_port: Option<u16>,
    pub(super) dir: TempDir,
}

impl Setup {
    pub(super) fn new(options: Builder) -> Self {
        let dir = TempDir::new();
        #[cfg(feature = "tls")]
        let tls_port = options.tls.then(|| {
            super::tls::create(dir.path());
            ports::free()
        });
        Self {
            options,
            port: ports::free(),
            #[cfg(feature = "tls")]
            tls_port,
            dir,
        }
    }

    pub(super) fn addr(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.dir.path().join("redis.sock")
    }

    /// Sends a command as the user that tests leave alone.
    pub(super) fn call<A: AsRef<[u8]>>(&self, args: &[A], timeout: Duration) -> io::Result<Reply> {
        client::call(self.addr(), ADMIN, args, timeout)
    }

    /// Starts the process and waits until it answers.
    pub(super) fn start(&self) -> Result<Child, String> {
        let mut child = spawn::spawn(self.command()).map_err(|e| format!("redis-server: {e}"))?;
        let ready = self.wait(&mut child).and_then(|()| self.create_users());
        if let Err(problem) = ready {
            kill(Some(child));
            let log = fs::read_to_string(self.log()).unwrap_or_default();
            return Err(format!("redis-server on port {}: {problem}\n{log}", self.port));
        }
        Ok(child)
    }

    fn command(&self) -> Command {
        let mut command = spawn::tied("redis-server");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"]);
        command.args(["--save", "", "--appendonly", "no", "--daemonize", "no"]);
        command.arg("--dir").arg(self.dir.path());
        command.arg("--logfile").arg(self.log());
        command.arg("--unixsocket").arg(self.socket());
        let (user, password) = ADMIN;
        command.args(["--user", user, "on", &format!(">{password}"), "~*", "&*", "+@all"]);
        if let Some(password) = &self.options.password {
            command.args(["--requirepass", password]);
        }
        #[cfg(feature = "tls")]
        if let Some(port) = self.tls_port {
            command.args(super::tls::settings(self.dir.path(), port));
        }
        command.args(&self.options.args);
        command
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("redis.log")
    }

    /// Waits until this very process answers, and not another one that was quicker on the port.
    fn wait(&self, child: &mut Child) -> Result<(), String> {
        let own = format!("process_id:{}\r", child.id());
        let start = Instant::now();
        let mut problem = String::new();
        while start.elapsed() < PATIENCE {
            if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
                return Err(format!("ended with {status}"));
            }
            match self.call(&["INFO", "server"], Duration::from_secs(1)) {
                Ok(info) if !info.is_error() && info.text().contains(&own) => return Ok(()),
                Ok(other) => problem = format!("unexpected answer: {other}"),
                Err(error) => problem = error.to_string(),
            }
            thread::sleep(Duration::from_millis(5));
        }
        Err(format!("no answer within {PATIENCE:?}: {problem}"))
    }

    fn create_users(&self) -> Result<(), String> {
        for command in &self.options.users {
            let reply = self.call(command, PATIENCE).map_err(|error| error.to_string())?;
            if reply.is_error() {
                return Err(format!("{command:?} answered {reply}"));
            }
        }
        Ok(())
    }
}

/// Asks the process to end, and kills it when it doesn't.
pub(super) fn stop(child: Option<Child>) {
    let Some(mut child) = child else { return };
    signal(&child, "TERM");
    signal(&child, "CONT");
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Ok(Some(_)) = child.try_wait() {
            return;
        }
        thread::sleep(Duration::from_millis(2));
    }
    kill(Some(child));
}

/// Kills the process, frozen or not, and waits until it is gone.
pub(super) fn kill(child: Option<Child>) {
    let Some(mut child) = child else { return };
    // Both fail only when it has ended already.
    let _ = child.kill();
    let _ = child.wait();
}

/// Sends a signal, by the shell's own `kill`.
pub(super) fn signal(child: &Child, signal: &str) {
    let status =
        Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status();
    assert!(status.is_ok_and(|status| status.success()), "SIG{signal} can't be sent");
}
