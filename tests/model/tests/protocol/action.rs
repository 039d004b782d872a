//! What can happen next. Each action names the function of the runtime that does it.

/// One step of the system. Calls, processes and invalidations are numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A call begins and sends its `GET`: `call::look`.
    Begin(usize),
    /// The server carries out the request of a call.
    Apply(usize),
    /// The reply reaches the call, which goes on: `call::look`, `call::lease::acquire`, `call::lease::take_over`,
    /// `call::refresh::mark` or `call::refill::lock_refill`, as the call stands. Whom it follows: `flight::Reader::follow`,
    /// `flight::Board::refill`; whom it leads: `flight::Reader::lead`, `flight::Board::lead`.
    Reply(usize),
    /// `op_timeout` is over, in the same functions. After an acquire: `flight::Reader::lead_late`, or
    /// `flight::Leader::lose_mark`.
    TimeOut(usize),
    /// The poller looks again at somebody else's lease: `call::look`, its `read_later`.
    Poll(usize),
    /// `wait` is over, the call runs the body itself: `flight::Board::run_late`.
    Impatient(usize),
    /// The body returns: the followers are answered (`flight::Leader::land`), then `call::lease::commit` is sent, of fills
    /// and of refills.
    BodyReturns(usize),
    /// The body fails: `flight::Leader::land_without`, then `call::lease::give_up`, or `call::refill::Lock::hold_off`.
    BodyFails(usize),
    /// The caller goes away, or the body panics: a follower leads (`Drop` of `flight::Leader`, `call::lease::take_over`), or
    /// `call::lease::give_up`.
    Cancel(usize),
    /// The body has run for longer than `lease`: `flight::Leader::time_out`, so the followers start over.
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
