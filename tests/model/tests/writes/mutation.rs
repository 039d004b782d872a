//! Protections that can be switched off, one at a time, to show that the checker sees what each is good for.

/// One protection that is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutation {
    /// `call::write` has no `Store::begin_write`: it empties the slot afterwards, and that is all.
    NoIntent,
    /// `Store::begin_write` leaves a fill that is under way.
    BeginLeavesFill,
    /// `Store::end_write` puts the value, whatever is in the slot.
    PutUnchecked,
    /// `Store::end_write` puts the value where there is no intent any more, as somebody has deleted it.
    PutWithoutIntent,
    /// An intent names the last writer only.
    OneToken,
    /// `Store::end_write` does not care whether there have been several writers at a time.
    SharedIgnored,
    /// `Store::end_write` of a writer that is not in the intent leaves no trace in it.
    StrangerUnnoticed,
    /// `Store::end_write` leaves a fill that has begun since the intent was lost.
    EndLeavesFill,
    /// `call::write` puts its value although `Store::begin_write` got no reply.
    PutAfterLostBegin,
    /// A call (`call::refresh`) takes an intent over as if it were the lease of a fill.
    IntentTakenOver,
    /// By single steps, `Store::begin_write` deletes what it has not looked at.
    BeginDeletesUnseen,
    /// By single steps, `Store::end_write` deletes what it has not looked at.
    EndDeletesUnseen,
    /// An intent has no `PX`.
    EndlessIntent,
}
