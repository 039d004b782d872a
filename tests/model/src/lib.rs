//! What the models share: how all states of a configuration are visited, how a way to a mistake is told, small sets.

mod check;
mod reached;
mod set;

pub use check::{Told, breaks, holds, shortest};
pub use reached::reached;
pub use set::Set;
