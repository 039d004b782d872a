//! What can happen next. Each action names the function of the runtime that does it.

/// One step of the system. Calls, processes and invalidations are numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A call begins and sends its `GET`: `call::look`.
    Begin(usize),
    /// The server carries out the request of a call.
    Apply(usize),
    /// The reply reaches the call, which goes on: `call::look`, `call::lease::acquire`, `call::lease::take_over`,
    /// `call::lease::mark` or the lock of `call::refill`, as the call stands; `flight::Board` says whom it follows.
    Reply(usize),
    /// `op_timeout` is over: in the same functions.
    TimeOut(usize),
    /// The poller looks again at somebody else's lease: `call::look`.
    Poll(usize),
    /// `wait` is over, the call runs the body itself: `call::look`.
    Impatient(usize),
    /// The body returns: the followers of `flight::Board` are answered, then `call::lease::commit` (or that of
    /// `call::refill`) is sent.
    BodyReturns(usize),
    /// The body fails, or its value is not cacheable: `call::lease::give_up`, or the hold-off of `call::refill`.
    BodyFails(usize),
    /// The caller goes away, or the body panics: a follower leads (`flight::Board`, `call::lease::take_over`), or
    /// `call::lease::give_up`.
    Cancel(usize),
    /// The body has run for longer than `lease`: a follower leads in its stead, as above.
    Overrun(usize),
    /// A process ends, with all its calls.
    Crash(u8),
    /// A writer changes the database and sends `UNLINK`: `Engine::delete`.
    Invalidate(usize),
    /// The server carries it out.
    ApplyUnlink(usize),
    /// `Engine::delete` returns without an error.
    Invalidated(usize),
    /// `Engine::delete` returns an error, its `UNLINK` may still come.
    InvalidationFails(usize),
    /// The server carries out a request that nobody waits for.
    ApplyLate(usize),
    /// A request that nobody waits for is lost.
    Lose(usize),
    /// A fresh value becomes stale.
    Age,
    /// The slot runs out, or is evicted.
    Vanish,
    /// The refill lock runs out.
    Unlock,
    /// `FLUSHALL`: slot and lock.
    Flush,
}
