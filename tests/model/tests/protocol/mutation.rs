//! Protections that can be switched off, one at a time, to show that the checker sees what each is good for.

/// One protection that is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutation {
    /// `call::lease::commit` sends a plain `SET`.
    UnconditionalCommit,
    /// A process has one token for all its fills (A, B, A).
    TokenPerProcess,
    /// `call::lease::acquire` goes on with a lease whose reply never came, as if it had been granted.
    LateAcquireUsed,
    /// A fill whose acquire got no reply stays known to `flight::Board` by its token.
    LateAcquireJoined,
    /// Followers are handed the value that their leader's acquire found in the slot.
    FoundHandedOn,
    /// `call::refill` compares the content of the stale value, not its mark.
    RefillByContent,
    /// Followers that did not read the stale value themselves get it when a refill fails.
    StaleHandedOn,
    /// `flight::Board` lets a call join without a look.
    JoinUnread,
    /// A call that begins while a `GET` of its process is under way shares that one, not the next.
    ReadUnderWayShared,
    /// `refresh` commits on the mark that it found.
    RefreshWithoutMark,
    /// A lease has no `PX`, so it never ends by itself.
    EndlessLease,
}
