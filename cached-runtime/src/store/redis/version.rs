//! Which servers are new enough.

use ::redis::Value;

/// What a server says of itself in its answer to `HELLO`.
pub(super) struct Server {
    name: String,
    version: String,
    role: String,
}

impl Server {
    /// `None` where the answer names no version.
    pub(super) fn of_hello(reply: &Value) -> Option<Self> {
        let pairs: Vec<(&Value, &Value)> = match reply {
            Value::Map(pairs) => pairs.iter().map(|(key, value)| (key, value)).collect(),
            Value::Array(items) => items.chunks_exact(2).map(|pair| (&pair[0], &pair[1])).collect(),
            _ => return None,
        };
        let field = |name: &str| {
            pairs.iter().find(|(key, _)| text(key) == Some(name)).and_then(|(_, value)| text(value))
        };
        let role = field("role").unwrap_or_default().to_owned();
        Some(Self {
            name: field("server")?.to_owned(),
            version: field("version")?.to_owned(),
            role,
        })
    }

    /// Redis from 7.0 on, Valkey from 7.2 on. One whose version can't be read is taken to be newer than us.
    pub(super) fn is_new_enough(&self) -> bool {
        let mut numbers = self.version.split('.').map_while(|part| part.parse::<u32>().ok());
        let Some(major) = numbers.next() else { return true };
        let minor = numbers.next().unwrap_or(0);
        let oldest = if self.name == "valkey" { (7, 2) } else { (7, 0) };
        (major, minor) >= oldest
    }

    /// Whether it says that it is one.
    pub(super) fn is_primary(&self) -> bool {
        matches!(self.role.as_str(), "master" | "primary")
    }

    /// For people: `Redis 6.2.14`.
    pub(super) fn describe(&self) -> String {
        let mut letters = self.name.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        format!("{}{} {}", first.unwrap_or('?'), letters.as_str(), self.version)
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok(),
        Value::SimpleString(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(name: &str, version: &str) -> Server {
        let bulk = |text: &str| Value::BulkString(text.into());
        let reply = Value::Array(vec![bulk("server"), bulk(name), bulk("version"), bulk(version)]);
        Server::of_hello(&reply).unwrap()
    }

    #[test]
    fn from_redis_7_0_and_valkey_7_2_on() {
        for (name, version, good) in [
            ("redis", "7.0.0", true),
            ("redis", "6.2.14", false),
            ("redis", "10.1.0", true),
            ("valkey", "7.2.5", true),
            ("valkey", "7.0.0", false),
            ("valkey", "8.1.0", true),
            ("redis", "unstable", true),
        ] {
            assert_eq!(server(name, version).is_new_enough(), good, "{name} {version}");
        }
        assert_eq!(server("redis", "6.2.14").describe(), "Redis 6.2.14");
        assert!(Server::of_hello(&Value::Nil).is_none());
    }
}
