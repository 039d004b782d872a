use std::fmt;

/// How a memoized call was answered; [`observe`](crate::observe) tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// From the store, without running the body.
    Hit,
    /// By running the body; what it returned was offered to the store.
    Miss,
    /// By running the body without a cache: it is disabled, away, refused the read, or was to be passed by.
    Bypass,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Bypass => "bypass",
        })
    }
}
