//! What can happen next. Each action names the function of the runtime that does it.

/// One step of the system. Calls, tags and writers are numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A call begins and sends its read: `call::look`.
    Begin(usize),
    /// The server carries it out: `Store::get_tagged`, the slot and its tags.
    Read(usize),
    /// By single steps, the tags after the slot.
    ReadTags(usize),
    /// The call goes on with what was read: `call::look`. Whom it follows: `flight::Reader::follow`.
    Look(usize),
    /// The lease is granted or not: `call::lease::acquire`, `call::lease::take_over`.
    Acquire(usize),
    /// `call::tags`: `Engine::era` before the body, `Engine::date` after it; then the body begins, or the commit is sent.
    Mint(usize),
    /// The poller looks again at somebody else's lease: `call::look`, its `read_later`.
    Poll(usize),
    /// The body returns: the followers are answered (`flight::Leader::land`).
    BodyReturns(usize),
    /// `call::lease::commit`.
    Commit(usize),
    /// No reply came to a request, which may still come: in the same functions.
    TimeOut(usize),
    /// A writer with an intent begins: `call::write::Writer::begin`, `Store::begin_write` on the tag's slot; then the
    /// clock, by `Store::invalidate_tags` of no tag.
    BeginWrite(usize),
    /// Its body commits.
    CommitWrite(usize),
    /// `Cache::invalidate_tag`, `Store::invalidate_tags`; of a writer with an intent `Engine::end_tag_writes`: the clock,
    /// and then `Store::end_write` on the tag's slot.
    Invalidate(usize),
    /// An invalidation gets no reply: it is remembered, and sent again.
    LoseInvalidation(usize),
    /// The process of calls ends.
    Crash(u8),
    /// The process of a writer ends.
    CrashWriter(usize),
    /// The server carries out a request that nobody waits for.
    ApplyLate(usize),
    /// A request that nobody waits for is lost.
    Lose(usize),
    /// The right of a writer is over.
    EndRight(usize),
    /// `DEL`, an eviction, the end of its time: of the entry's slot.
    VanishSlot,
    /// The same, of the slot of a tag.
    VanishTag(usize),
    /// The same, of the clock.
    VanishClock,
    /// `FLUSHALL`.
    Flush,
}
