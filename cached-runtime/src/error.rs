//! The one error of the crate: opaque, with predicates and its source.
//!
//! A memoized call never returns it: only explicit calls (`build`, `install`, the methods of [`Entry`](crate::Entry)
//! and of [`Cache`](crate::Cache)) do.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// What went wrong in an explicit call on a [`Cache`](crate::Cache) or an [`Entry`](crate::Entry).
///
/// It says what is wrong, where, and what to do. It never holds a password.
///
/// ```
/// let error = cached_runtime::Cache::builder().namespace("").build().unwrap_err();
/// assert!(error.is_setting());
/// assert!(error.to_string().contains("namespace"));
/// ```
#[derive(thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Kind>);

#[derive(Debug, thiserror::Error)]
#[cfg_attr(not(feature = "redis"), expect(dead_code, reason = "some only a Redis store makes"))]
enum Kind {
    #[error("the setting `{name}` is wrong: {problem}")]
    Setting { name: &'static str, problem: String },
    #[error(
        "a default cache is already {how}: call `install` once, before the first memoized call"
    )]
    Installed { how: &'static str },
    #[error("{store} is not reachable: {problem}: is it running, and is the URL right?")]
    Unavailable { store: String, problem: String },
    #[error("{store} refuses commands, and is left alone until it takes them again: {problem}")]
    HeldBack { store: String, problem: String },
    #[error("{store} did not answer `{step}` within {limit:?}: the outcome of the step is unknown")]
    Timeout { store: String, step: &'static str, limit: Duration },
    #[error("{store} refused `{step}`: {problem}")]
    Refused { store: String, step: &'static str, problem: String },
    #[error("{server} is too old: Redis 7.0 or Valkey 7.2 is the oldest that works")]
    OldServer { server: String },
    #[error("the value of {slot} could not be {step} as {codec}: {source}")]
    Codec {
        slot: String,
        step: &'static str,
        codec: &'static str,
        source: Box<dyn StdError + Send + Sync>,
    },
    #[error("the value of {slot} has {size} bytes, more than the {limit} of `max_size`")]
    TooLarge { slot: String, size: usize, limit: usize },
    #[error("a value of {slot} names no tags: {problem}: return a value whose `Display` works")]
    Tag { slot: String, problem: String },
    #[error("the arguments of {function} are no key: {problem}")]
    Key { function: String, problem: String },
    #[error("the lock {name:?} is held by another: it was not free within {waited:?}")]
    Locked { name: String, waited: Duration },
    #[error("the lock {name:?} is lost, and another may hold it: {problem}")]
    Lost { name: String, problem: String },
    #[error(
        "the write-behind queue {queue} is full: it has the {most} records of its `max_backlog`, and in {wait:?} there \
         was no room: are its workers running, and does their function succeed?"
    )]
    Full { queue: String, most: u64, wait: Duration },
    #[error("{what}")]
    Custom { what: String, source: Option<Box<dyn StdError + Send + Sync>> },
}

impl Error {
    /// An error of a [`Store`](crate::Store) of your own: what failed, and what to do about it.
    ///
    /// ```
    /// let error = cached_runtime::Error::custom("the disk is full: free some space");
    /// assert_eq!(error.to_string(), "the disk is full: free some space");
    /// ```
    pub fn custom(what: impl Into<String>) -> Self {
        Kind::Custom { what: what.into(), source: None }.into()
    }

    /// As [`Error::custom`], with the error behind it as [`source`](StdError::source).
    pub fn custom_with(
        what: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Kind::Custom { what: what.into(), source: Some(source.into()) }.into()
    }

    /// Whether a setting of the builder, a URL, or a second `install` is at fault.
    pub fn is_setting(&self) -> bool {
        matches!(*self.0, Kind::Setting { .. } | Kind::Installed { .. })
    }

    /// Whether the store could not be reached, or calls to it are held back until it answers again.
    pub fn is_unavailable(&self) -> bool {
        matches!(*self.0, Kind::Unavailable { .. } | Kind::HeldBack { .. } | Kind::OldServer { .. })
    }

    /// Whether a step took longer than `op_timeout`: it may or may not have happened.
    pub fn is_timeout(&self) -> bool {
        matches!(*self.0, Kind::Timeout { .. })
    }

    /// Whether the server answered with an error: no rights, out of memory, read-only…
    pub fn is_refused(&self) -> bool {
        matches!(*self.0, Kind::Refused { .. })
    }

    /// Whether a value could not be encoded or decoded.
    pub fn is_codec(&self) -> bool {
        matches!(*self.0, Kind::Codec { .. })
    }

    /// Whether a value was larger than `max_size`.
    pub fn is_too_large(&self) -> bool {
        matches!(*self.0, Kind::TooLarge { .. })
    }

    /// Whether the arguments could not be made a key, or a value a tag, as their `Serialize` or `Display` failed.
    pub fn is_key(&self) -> bool {
        matches!(*self.0, Kind::Key { .. } | Kind::Tag { .. })
    }

    /// Whether a [lock](crate::Cache::lock) was not free for as long as one was willing to wait.
    pub fn is_locked(&self) -> bool {
        matches!(*self.0, Kind::Locked { .. })
    }

    /// Whether a [`Lock`](crate::Lock) is no longer held, or can't be known to be: what it guards has to stop.
    pub fn is_lost(&self) -> bool {
        matches!(*self.0, Kind::Lost { .. })
    }

    /// Whether a write-behind queue had no room for a record, which was not pushed.
    pub fn is_full(&self) -> bool {
        matches!(*self.0, Kind::Full { .. })
    }

    pub(crate) fn setting(name: &'static str, problem: impl Into<String>) -> Self {
        Kind::Setting { name, problem: problem.into() }.into()
    }

    pub(crate) fn installed(how: &'static str) -> Self {
        Kind::Installed { how }.into()
    }

    #[cfg(feature = "redis")]
    pub(crate) fn unavailable(store: impl Into<String>, problem: impl Into<String>) -> Self {
        Kind::Unavailable { store: store.into(), problem: problem.into() }.into()
    }

    #[cfg(feature = "redis")]
    pub(crate) fn held_back(store: impl Into<String>, problem: impl Into<String>) -> Self {
        Kind::HeldBack { store: store.into(), problem: problem.into() }.into()
    }

    pub(crate) fn timeout(store: impl Into<String>, step: &'static str, limit: Duration) -> Self {
        Kind::Timeout { store: store.into(), step, limit }.into()
    }

    #[cfg(feature = "redis")]
    pub(crate) fn refused(
        store: impl Into<String>,
        step: &'static str,
        problem: impl Into<String>,
    ) -> Self {
        Kind::Refused { store: store.into(), step, problem: problem.into() }.into()
    }

    #[cfg(feature = "redis")]
    pub(crate) fn old_server(server: impl Into<String>) -> Self {
        Kind::OldServer { server: server.into() }.into()
    }

    pub(crate) fn codec(
        slot: &str,
        step: &'static str,
        codec: &'static str,
        source: Box<dyn StdError + Send + Sync>,
    ) -> Self {
        Kind::Codec { slot: slot.to_owned(), step, codec, source }.into()
    }

    pub(crate) fn too_large(slot: &str, size: usize, limit: usize) -> Self {
        Kind::TooLarge { slot: slot.to_owned(), size, limit }.into()
    }

    pub(crate) fn tag(slot: &str, problem: impl Into<String>) -> Self {
        Kind::Tag { slot: slot.to_owned(), problem: problem.into() }.into()
    }

    #[cfg(feature = "redis")]
    pub(crate) fn full(queue: &str, most: u64, wait: Duration) -> Self {
        Kind::Full { queue: queue.to_owned(), most, wait }.into()
    }

    pub(crate) fn key(function: &str, problem: impl Into<String>) -> Self {
        Kind::Key { function: function.to_owned(), problem: problem.into() }.into()
    }

    pub(crate) fn locked(name: &str, waited: Duration) -> Self {
        Kind::Locked { name: name.to_owned(), waited }.into()
    }

    pub(crate) fn lost(name: &str, problem: impl Into<String>) -> Self {
        Kind::Lost { name: name.to_owned(), problem: problem.into() }.into()
    }
}

impl From<Kind> for Error {
    fn from(kind: Kind) -> Self {
        Self(Box::new(kind))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
