//! Who shares a fill, and for how long.

use std::time::Duration;

/// Who shares a fill: the values of the option `flight`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flight {
    /// The calls of all processes, by a lease in the slot.
    Cluster,
    /// The calls of this process.
    Process,
    /// Nobody.
    Off,
}

/// What a function's options say of sharing fills.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sharing {
    pub(crate) flight: Flight,
    /// How long a fill may hold its slot.
    pub(crate) lease: Duration,
    /// How long a call waits for another's fill before it runs the body itself.
    pub(crate) wait: Duration,
}

impl Default for Sharing {
    fn default() -> Self {
        Self {
            flight: Flight::Cluster,
            lease: Duration::from_secs(10),
            wait: Duration::from_secs(5),
        }
    }
}
