//! Where the server is, from a URL, and how long to wait for it.

use std::fmt;
use std::time::Duration;

use ::redis::io::tcp::TcpSettings;
use ::redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};

use crate::Error;

/// A connection takes more round trips than a command, and TLS more than TCP; it is made in the background, so a
/// call waits no longer for it than `op_timeout`.
const LEAST_CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// What a link needs to know.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) server: ConnectionInfo,
    pub(super) op_timeout: Duration,
    /// A name inside the namespace, for reading to see whether the server serves it.
    pub(super) probe: String,
}

impl Settings {
    /// The error never quotes the URL: it may hold a password where none belongs.
    pub(super) fn new(url: &str, op_timeout: Duration, probe: String) -> Result<Self, Error> {
        if op_timeout.is_zero() {
            return Err(Error::setting("op_timeout", "zero leaves no time for any command"));
        }
        let wrong = |problem: String| {
            let form = "redis://[user:password@]host[:port][/database], rediss://… or unix:///path";
            Error::setting("redis", format!("{problem}; the form is {form}"))
        };
        let scheme = url.split_once("://").map(|(scheme, _)| scheme);
        if matches!(scheme, Some("rediss" | "valkeys")) && !cfg!(feature = "tls") {
            let fix = "TLS needs the feature `tls` of cached-runtime: enable it in Cargo.toml";
            return Err(Error::setting("redis", fix));
        }
        let server = url.into_connection_info().map_err(|error| {
            // Only the kind of the mistake: `detail` may quote parts of the URL.
            wrong(format!("the URL can't be read ({})", error.category()))
        })?;
        let is_nameless = match server.addr() {
            ConnectionAddr::Tcp(host, _) | ConnectionAddr::TcpTls { host, .. } => host.is_empty(),
            ConnectionAddr::Unix(path) => path.as_os_str().is_empty(),
            _ => false,
        };
        if is_nameless {
            return Err(wrong("the URL names no host".to_owned()));
        }
        let tcp = TcpSettings::default().set_nodelay(true);
        let client = server
            .redis_settings()
            .clone()
            .set_lib_name(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
        let server = server.set_tcp_settings(tcp).set_redis_settings(client);
        Ok(Self { server, op_timeout, probe })
    }

    pub(super) fn connect_timeout(&self) -> Duration {
        self.op_timeout.max(LEAST_CONNECT_TIMEOUT)
    }

    /// The server, for people: without user and password.
    pub(super) fn address(&self) -> String {
        match self.server.redis_settings().db() {
            0 => format!("Redis at {}", self.place()),
            db => format!("Redis at {}/{db}", self.place()),
        }
    }

    #[cfg(feature = "tls")]
    pub(super) fn is_tls(&self) -> bool {
        matches!(self.place(), ConnectionAddr::TcpTls { .. })
    }

    /// Host and port, or the path of the socket.
    pub(super) fn place(&self) -> &ConnectionAddr {
        self.server.addr()
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("server", &self.address())
            .field("op_timeout", &self.op_timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str) -> Result<Settings, Error> {
        Settings::new(url, Duration::from_millis(100), "probe".to_owned())
    }

    #[test]
    fn every_way_to_name_a_server() {
        for (url, address) in [
            ("redis://localhost", "Redis at localhost:6379"),
            ("redis://localhost:7000/3", "Redis at localhost:7000/3"),
            ("redis://app:s3cret@10.0.0.1", "Redis at 10.0.0.1:6379"),
            ("valkey://localhost", "Redis at localhost:6379"),
            ("unix:///run/redis.sock", "Redis at /run/redis.sock"),
            ("redis+unix:///run/redis.sock?db=2", "Redis at /run/redis.sock/2"),
        ] {
            let settings = settings(url).unwrap_or_else(|error| panic!("{url}: {error}"));
            assert_eq!(settings.address(), address);
            assert!(!format!("{settings:?}").contains("s3cret"));
        }
    }

    #[test]
    fn a_bad_url_is_named_and_never_quoted() {
        for url in [
            "",
            "localhost:6379",
            "http://:s3cret@localhost",
            "redis://",
            "redis://:s3cret@host:port",
            "redis://:s3cret@localhost/s3cret",
            "redis://:s3cret@[::1",
        ] {
            let error = settings(url).expect_err(url);
            assert!(error.is_setting());
            assert!(error.to_string().contains("`redis`"), "{error}");
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        }
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn tls_without_its_feature_says_so() {
        assert!(settings("rediss://localhost").unwrap_err().to_string().contains("feature `tls`"));
    }
}
