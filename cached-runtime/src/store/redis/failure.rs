//! What can go wrong with one command, and what follows from it.

use std::sync::Arc;

use ::redis::{ErrorKind, RedisError, Value};

/// Why a command has no reply.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    /// It was not sent: calls are held back since this.
    Away(Arc<Failure>),
    /// There was no reply within `op_timeout`.
    Timeout,
    /// The connection broke, or could not be made.
    Lost(Arc<str>),
    /// The server is too old.
    Old(Arc<str>),
    /// The server answered with an error.
    Refused { code: Arc<str>, problem: Arc<str> },
    /// The server answered with something that is no answer to this command.
    Unexpected(Arc<str>),
}

impl Failure {
    pub(super) fn unexpected(reply: &Value) -> Self {
        let kind = match reply {
            Value::Nil => "nil",
            Value::Int(_) => "an integer",
            Value::BulkString(_) | Value::SimpleString(_) | Value::Okay => "a string",
            Value::Array(_) => "an array",
            _ => "another type",
        };
        Self::Unexpected(format!("it answered with {kind}").into())
    }

    pub(super) fn is_wrong_type(&self) -> bool {
        self.has_code("WRONGTYPE")
    }

    pub(super) fn is_no_script(&self) -> bool {
        self.has_code("NOSCRIPT")
    }

    /// A primary that has become a replica: the address may by now stand for another server.
    pub(super) fn is_read_only(&self) -> bool {
        self.has_code("READONLY")
    }

    /// Whether it tells of the server rather than of this one command.
    pub(super) fn is_of_the_server(&self) -> bool {
        !self.is_wrong_type() && !self.is_no_script()
    }

    /// Whether the user has no right to do it, or is not known to the server.
    pub(super) fn is_of_rights(&self) -> bool {
        ["NOPERM", "NOAUTH", "WRONGPASS"].into_iter().any(|code| self.has_code(code))
    }

    /// Whether the server answers for the moment only: it is loading its keys, or has too much to do.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Refused { code, problem } => {
                matches!(&**code, "LOADING" | "BUSY") || problem.contains("max number of clients")
            }
            _ => false,
        }
    }

    /// Whether trying again is of no use for as long as the server is as it is.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Self::Away(since) => since.is_final(),
            Self::Old(_) => true,
            _ => self.is_of_rights(),
        }
    }

    /// What is wrong, for people.
    pub(super) fn problem(&self) -> Arc<str> {
        match self {
            Self::Timeout => "it does not answer in time".into(),
            Self::Away(since) => since.problem(),
            Self::Lost(problem) | Self::Unexpected(problem) | Self::Refused { problem, .. } => {
                Arc::clone(problem)
            }
            Self::Old(server) => format!("{server} is too old").into(),
        }
    }

    fn has_code(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if **code == *wanted)
    }
}

impl From<RedisError> for Failure {
    fn from(error: RedisError) -> Self {
        match error.kind() {
            _ if error.is_timeout() => Self::Timeout,
            ErrorKind::Server(_) | ErrorKind::Extension => {
                let code = error.code().unwrap_or_default();
                let detail = error.detail().unwrap_or_default();
                let fix = match code {
                    "NOAUTH" => " (put the user and the password into the URL)",
                    _ => "",
                };
                let problem = format!("{code} {detail}{fix}").into();
                Self::Refused { code: code.into(), problem }
            }
            ErrorKind::AuthenticationFailed => {
                let problem =
                    format!("{error} (check the user and the password in the URL)").into();
                Self::Refused { code: "WRONGPASS".into(), problem }
            }
            _ => Self::Lost(error.to_string().into()),
        }
    }
}
