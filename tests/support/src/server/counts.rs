//! Commands counted on the server.

use std::collections::BTreeMap;

/// How often each command was executed, by its lower-case name; subcommands as `config|set`.
///
/// The `AUTH` and `INFO` calls of [`RedisServer`](super::RedisServer) itself are not told from a
/// client's, so neither is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandCounts(BTreeMap<String, u64>);

impl CommandCounts {
    /// Reads the text of `INFO commandstats`.
    pub(super) fn parse(info: &str) -> Self {
        let counts = info.lines().filter_map(|line| {
            let (name, fields) = line.strip_prefix("cmdstat_")?.split_once(':')?;
            let calls = fields.strip_prefix("calls=")?.split(',').next()?.parse().ok()?;
            Some((name.to_owned(), calls))
        });
        Self(counts.filter(|(name, _)| name != "auth" && name != "info").collect())
    }

    /// How often that command was executed.
    pub fn of(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or(0)
    }

    /// How many commands were executed in all.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// What was executed since `earlier`; commands that were not are left out.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let grown = self.0.iter().map(|(name, count)| (name, count - earlier.of(name)));
        Self(grown.filter(|&(_, count)| count > 0).map(|(name, n)| (name.clone(), n)).collect())
    }
}

impl<'a> FromIterator<(&'a str, u64)> for CommandCounts {
    /// What a test expects.
    fn from_iter<I: IntoIterator<Item = (&'a str, u64)>>(counts: I) -> Self {
        Self(counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect())
    }
}
