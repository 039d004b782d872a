//! Many calls in several real processes on one missing entry: one run of the body in the whole fleet, whatever
//! becomes of the call that leads.
//!
//! The test binary starts itself again as the processes of a fleet, tells them by lines on their stdin what to call,
//! and reads on their stdout what became of it. `--nocapture` shows the figures.

mod fleet;
mod functions;
mod leaders;
mod rounds;
mod stampede;
mod worker;
