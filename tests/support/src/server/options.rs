//! What a server is started with.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::{Inner, RedisServer};

/// Options of a [`RedisServer`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Builder {
    pub(super) args: Vec<String>,
    pub(super) password: Option<String>,
    pub(super) users: Vec<Vec<String>>,
    #[cfg(feature = "tls")]
    pub(super) tls: bool,
}

impl Builder {
    /// Settings for the command line, such as `["--maxmemory", "1mb"]`.
    pub fn args(mut self, args: &[&str]) -> Self {
        self.args.extend(args.iter().map(|&arg| arg.to_owned()));
        self
    }

    /// The password of the default user (`requirepass`).
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// One more user, by the rules of `ACL SETUSER`, for example `["on", ">pw", "~*", "+@all"]`.
    pub fn user(mut self, name: &str, rules: &[&str]) -> Self {
        let words = ["ACL", "SETUSER", name].into_iter().chain(rules.iter().copied());
        self.users.push(words.map(str::to_owned).collect());
        self
    }

    /// A TLS port as well, with a certificate for `localhost` and `127.0.0.1`, valid for a day.
    #[cfg(feature = "tls")]
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Starts the server and waits until it answers.
    ///
    /// # Panics
    ///
    /// When it doesn't answer within ten seconds; the message has its log.
    pub async fn start(self) -> RedisServer {
        let started = spawn_blocking(move || {
            // Between looking for a free port and using it, somebody else may take it.
            for _ in 0..4 {
                if let Ok(inner) = Inner::start(self.clone()) {
                    return Ok(inner);
                }
            }
            Inner::start(self)
        });
        match started.await.expect("starting doesn't panic") {
            Ok(inner) => RedisServer { inner: Arc::new(inner) },
            Err(error) => panic!("{error}"),
        }
    }
}
