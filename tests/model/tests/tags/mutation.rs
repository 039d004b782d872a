//! Protections that can be switched off, one at a time, to show that the checker sees what each is good for.

/// One protection that is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutation {
    /// `Engine::era` comes after the body, of all tags, and that is all.
    MintAfterBody,
    /// `Engine::era` goes on with the epochs that it has sent, though it got no reply.
    LateMintUsed,
    /// `flight::Reader::follow` does not compare the epochs.
    FollowUnseen,
    /// `flight::Reader::follow` compares the epochs, but not the clock, of functions whose results name tags.
    FollowByArguments,
    /// A tag without an epoch is as it was.
    MissingIsUnchanged,
    /// Tags that the result names are minted after the body, and not compared with the clock.
    NoClock,
    /// The stamp is compared, but not whether the clock still counts the same.
    ClockLostUnnoticed,
    /// `Store::mint` gives an empty slot of a tag the stamp nought.
    MintWithoutStamp,
    /// By single steps, `Store::invalidate_tags` changes its tags before the clock.
    TagBeforeClock,
    /// By single steps, `Store::mint` looks at the clock before the tags.
    ClockReadFirst,
    /// An invalidation that got no reply is sent again with the same epoch.
    SameEpochAgain,
    /// `call::write` changes nothing of a tag before its body.
    NoIntent,
    /// `call::write` leaves the clock as it is before its body.
    BeginWithoutClock,
    /// `Engine::end_tag_writes` leaves the clock as it is.
    EndWithoutClock,
    /// `Engine::end_tag_writes` changes the clock after the tags.
    EndClockLast,
    /// `Store::mint` leaves an epoch whose stamp is of a clock that has been lost.
    ForeignStampStays,
}
