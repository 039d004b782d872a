use std::fmt;

/// How a memoized call was answered; [`observe`](crate::observe) tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// From what this process keeps of the store, without asking it: of a function with `local`.
    LocalHit,
    /// From the store, without running the body.
    Hit,
    /// From the store, after `ttl`: while the entry is refilled in the background, or as the body failed.
    Stale,
    /// By running the body; what it returned was offered to the store, or would have been, but for another call that
    /// was filling the entry for longer than `wait`.
    Miss,
    /// By another call of this process, which ran its body for this one, too.
    Shared,
    /// By running the body without a cache: it is disabled, away, refused the read, or was to be passed by.
    Bypass,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::LocalHit => "local hit",
            Self::Hit => "hit",
            Self::Stale => "stale",
            Self::Miss => "miss",
            Self::Shared => "shared",
            Self::Bypass => "bypass",
        })
    }
}
