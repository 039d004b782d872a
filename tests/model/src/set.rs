//! Small sets of numbers below eight, as one byte of a state.

/// A set of invalidations, or of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Set(u8);

impl Set {
    /// The set without members.
    pub const EMPTY: Self = Self(0);

    /// This set, and `member`.
    #[must_use]
    pub fn with(self, member: usize) -> Self {
        Self(self.0 | 1 << member)
    }

    /// Whether `member` is in this set.
    pub fn has(self, member: usize) -> bool {
        self.0 & 1 << member != 0
    }

    /// Whether all of `other` is in this set.
    pub fn includes(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// The members that are in `other`, too.
    #[must_use]
    pub fn only(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The members that are not in `other`.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the number of members is odd.
    pub fn is_odd(self) -> bool {
        self.0.count_ones() % 2 == 1
    }
}
