//! What can happen next. Each action names the function of the runtime that does it.

/// One step of the system. Calls and writers are numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A call begins and sends its `GET`: `call::look`.
    Begin(usize),
    /// The server carries out that `GET`.
    Read(usize),
    /// The call goes on with what was read: `call::look`. Whom it follows: `flight::Reader::follow`.
    Look(usize),
    /// The lease is granted or not: `call::lease::acquire`, and the body begins.
    Acquire(usize),
    /// The poller looks again at somebody else's lease, or at an intent: `call::look`, its `read_later`.
    Poll(usize),
    /// The body returns: the followers are answered (`flight::Leader::land`).
    BodyReturns(usize),
    /// `call::lease::commit`.
    Commit(usize),
    /// No reply came to the acquire or to the commit, which may still come.
    TimeOut(usize),
    /// The caller goes away: `call::lease::give_up`.
    Cancel(usize),
    /// A writer begins: `call::write::Writer::begin`, `Store::begin_write`.
    BeginWrite(usize),
    /// The same, but no reply comes; the request may still.
    LoseBegin(usize),
    /// The body of a writer commits.
    CommitWrite(usize),
    /// The body of a writer fails, whether it has committed or not, and `Store::end_write` is told of no value.
    FailWrite(usize),
    /// A writer is cancelled (`Drop` of `call::write::Writer`): its end comes in the background.
    CancelWrite(usize),
    /// A writer ends: `call::write::Writer::succeed`, `Store::end_write`, or `Engine::delete` of a writer without an intent.
    EndWrite(usize),
    /// The same, but no reply comes; the request may still.
    LoseEnd(usize),
    /// By single steps: the next of `store::writes::begin_write` or `store::writes::end_write`.
    StepWrite(usize),
    /// A process ends, with all its calls and writers.
    Crash(u8),
    /// The server carries out a request that nobody waits for.
    ApplyLate(usize),
    /// A request that nobody waits for is lost.
    Lose(usize),
    /// The right of a writer is over.
    EndRight(usize),
    /// `DEL` by somebody, an eviction, `FLUSHALL`; a fill's lease or a value runs out.
    Vanish,
}
