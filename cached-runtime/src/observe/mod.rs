//! What an operator and a caller can see: outcomes, counts, and events that do not flood.

mod known;
mod lanes;
mod outcome;
mod stats;
mod throttle;

pub(crate) use known::{Known, KnownRef};
pub use outcome::Outcome;
pub(crate) use stats::Counters;
pub use stats::{Counts, Stats};
pub(crate) use throttle::Throttle;
