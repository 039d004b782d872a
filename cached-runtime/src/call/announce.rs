//! Telling all processes what was invalidated.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;

use super::engine::Engine;
use crate::store::{Store as _, has_clock};

/// What was invalidated: from [`Cache::invalidations`](crate::Cache::invalidations).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Invalidation {
    /// One entry, by its [`key`](crate::Entry::key): it was invalidated, expired by hand, or put.
    Entry(String),
    /// All entries with this tag.
    Tag(String),
    /// All entries of the functions with this `prefix`.
    Prefix(String),
    /// All entries, by [`Cache::clear`](crate::Cache::clear).
    All,
    /// Anything: some invalidations may not have been heard of. What was kept of any entry is to be dropped.
    Gap,
}

impl Invalidation {
    fn message(&self) -> Bytes {
        match self {
            Self::Entry(key) => format!("entry:{key}"),
            Self::Tag(tag) => format!("tag:{tag}"),
            Self::Prefix(prefix) => format!("prefix:{prefix}"),
            Self::All => "all".to_owned(),
            Self::Gap => "gap".to_owned(),
        }
        .into()
    }

    /// What a later release may say is some invalidation at any rate.
    pub(crate) fn of_message(message: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(message) else { return Self::Gap };
        match text.split_once(':') {
            Some(("entry", key)) => Self::Entry(key.to_owned()),
            Some(("tag", tag)) => Self::Tag(tag.to_owned()),
            Some(("prefix", prefix)) => Self::Prefix(prefix.to_owned()),
            None if text == "all" => Self::All,
            _ => Self::Gap,
        }
    }
}

/// How often it is tried to tell.
const ATTEMPTS: u32 = 4;

/// After the first attempt; twice as long each time.
const PAUSE: Duration = Duration::from_millis(50);

impl Engine {
    /// The channel of this cache's namespace and version.
    pub(crate) fn channel(&self) -> String {
        format!("{}%invalidations", self.start)
    }

    /// Tells of an invalidation that has gone through. Nobody waits for that, and nothing fails by it.
    pub(crate) fn announce(self: &Arc<Self>, what: &Invalidation) {
        if self.store.is_none() {
            return;
        }
        let (engine, message) = (Arc::clone(self), what.message());
        self.background.detach(async move {
            let (Some(store), channel) = (&engine.store, engine.channel()) else { return };
            for attempt in 0..ATTEMPTS {
                let Err(error) = store.publish(&channel, message.clone()).await else { return };
                tracing::debug!(%error, "an invalidation could not be told of");
                if error.is_refused() || error.is_setting() || !has_clock() {
                    return;
                }
                sleep(PAUSE * 2_u32.pow(attempt)).await;
            }
        });
    }
}

#[test]
fn a_message_says_what_it_was_made_of() {
    for what in [
        Invalidation::Entry("cached:user:get_user:1".to_owned()),
        Invalidation::Tag("user:42".to_owned()),
        Invalidation::Prefix(String::new()),
        Invalidation::All,
        Invalidation::Gap,
    ] {
        assert_eq!(Invalidation::of_message(&what.message()), what);
    }
    for other in [&b""[..], b"all:", b"later:1", b"entry", b"\xff:1"] {
        assert_eq!(Invalidation::of_message(other), Invalidation::Gap, "{other:?}");
    }
}
