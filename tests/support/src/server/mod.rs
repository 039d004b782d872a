//! A real `redis-server` for the tests.

mod counts;
mod options;
mod process;
#[cfg(feature = "tls")]
mod tls;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::spawn_blocking;

use crate::resp::Reply;

pub use counts::CommandCounts;
pub use options::Builder;
use process::Setup;

const PATIENCE: Duration = Duration::from_secs(10);

/// A `redis-server` process on a free port, killed on drop.
///
/// Even when the test process itself is killed, the server dies with it. Its commands here go
/// through a user of their own, so they work whatever a test does to the other users.
#[derive(Debug)]
pub struct RedisServer {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    setup: Setup,
    process: Mutex<Option<Child>>,
}

impl RedisServer {
    /// Starts a server without options.
    ///
    /// # Panics
    ///
    /// When it doesn't answer within ten seconds; the message has its log.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// Options of the server.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The URL for clients, with the password of [`Builder::password`] if there is one.
    pub fn url(&self) -> String {
        let setup = &self.inner.setup;
        match &setup.options.password {
            Some(password) => self.url_as("", password),
            None => format!("redis://{}/", setup.addr()),
        }
    }

    /// The URL for a user; an empty user is the default one.
    pub fn url_as(&self, user: &str, password: &str) -> String {
        format!("redis://{user}:{password}@{}/", self.addr())
    }

    /// The URL of the unix socket.
    pub fn unix_url(&self) -> String {
        format!("redis+unix://{}", self.inner.setup.socket().display())
    }

    /// The `rediss://` URL of a server with [`Builder::tls`].
    #[cfg(feature = "tls")]
    pub fn tls_url(&self) -> String {
        let port = self.inner.setup.tls_port.expect("the server was started with tls()");
        format!("rediss://localhost:{port}/")
    }

    /// The certificate, in PEM, of the authority that signed the server's own.
    #[cfg(feature = "tls")]
    pub fn ca_file(&self) -> PathBuf {
        tls::authority(self.inner.setup.dir.path())
    }

    /// Where the server listens.
    pub fn addr(&self) -> SocketAddr {
        self.inner.setup.addr()
    }

    /// The TCP port.
    pub fn port(&self) -> u16 {
        self.inner.setup.port
    }

    /// The server's temporary directory.
    pub fn dir(&self) -> PathBuf {
        self.inner.setup.dir.path().to_owned()
    }

    /// Sends one command, over a connection of its own.
    ///
    /// # Panics
    ///
    /// When the server doesn't answer, or answers with an error.
    pub async fn command<A: AsRef<[u8]>>(&self, args: &[A]) -> Reply {
        match self.try_command(args).await {
            Ok(Reply::Error(error)) => panic!("redis-server answered {error}"),
            Ok(reply) => reply,
            Err(error) => panic!("redis-server doesn't answer: {error}"),
        }
    }

    /// Sends one command, over a connection of its own. An error reply is an answer.
    ///
    /// # Errors
    ///
    /// When the server can't be reached, or doesn't answer within ten seconds.
    pub async fn try_command<A: AsRef<[u8]>>(&self, args: &[A]) -> io::Result<Reply> {
        let args: Vec<Vec<u8>> = args.iter().map(|arg| arg.as_ref().to_vec()).collect();
        self.blocking(move |inner| inner.setup.call(&args, PATIENCE)).await
    }

    /// Removes all keys.
    ///
    /// # Panics
    ///
    /// When the server doesn't.
    pub async fn flush(&self) {
        self.command(&["FLUSHALL"]).await;
    }

    /// The keys that match the pattern, sorted.
    ///
    /// # Panics
    ///
    /// When the server doesn't answer with keys.
    pub async fn keys(&self, pattern: &str) -> Vec<String> {
        let Reply::Array(keys) = self.command(&["KEYS", pattern]).await else {
            panic!("KEYS answers an array");
        };
        let mut keys: Vec<String> = keys.iter().map(Reply::text).collect();
        keys.sort_unstable();
        keys
    }

    /// How often each command was executed since the server started, or since
    /// `CONFIG RESETSTAT`; see [`CommandCounts`].
    ///
    /// # Panics
    ///
    /// When the server doesn't answer.
    pub async fn commands(&self) -> CommandCounts {
        CommandCounts::parse(&self.command(&["INFO", "commandstats"]).await.text())
    }

    /// Asks the process to end and waits for it. Connections are closed; the keys are lost.
    pub async fn stop(&self) {
        self.blocking(|inner| process::stop(inner.process().take())).await;
    }

    /// Kills the process and waits until it is gone.
    pub async fn kill(&self) {
        self.blocking(|inner| process::kill(inner.process().take())).await;
    }

    /// Starts an ended server on the same port, with the same options and no keys.
    ///
    /// # Panics
    ///
    /// When the server still runs, or doesn't answer within ten seconds.
    pub async fn start_again(&self) {
        self.blocking(|inner| {
            let mut process = inner.process();
            assert!(process.is_none(), "the server still runs");
            *process = Some(inner.setup.start().unwrap_or_else(|error| panic!("{error}")));
        })
        .await;
    }

    /// Freezes the process (`SIGSTOP`): the kernel still accepts connections and bytes for it,
    /// and nothing answers.
    pub async fn pause(&self) {
        self.signal("STOP").await;
    }

    /// Lets a frozen process run on (`SIGCONT`).
    pub async fn resume(&self) {
        self.signal("CONT").await;
    }

    async fn signal(&self, signal: &'static str) {
        self.blocking(move |inner| {
            let process = inner.process();
            process::signal(process.as_ref().expect("the server runs"), signal);
        })
        .await;
    }

    /// Runs it on a thread that may block, which also keeps a paused tokio clock from advancing.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> T + Send + 'static,
    ) -> T {
        let inner = Arc::clone(&self.inner);
        match spawn_blocking(move || work(&inner)).await {
            Ok(value) => value,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(error) => panic!("{error}"),
            },
        }
    }
}

impl Inner {
    fn start(options: Builder) -> Result<Self, String> {
        let setup = Setup::new(options);
        let process = Mutex::new(Some(setup.start()?));
        Ok(Self { setup, process })
    }

    fn process(&self) -> MutexGuard<'_, Option<Child>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        process::kill(self.process().take());
    }
}

#[cfg(test)]
mod tests;
