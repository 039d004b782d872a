//! Schedules for the flights of `cached-runtime`: who reads, who leads, who follows.
//!
//! The same source files as in the runtime are built here on the locks of `shuttle`, which runs a test again and
//! again and each time decides otherwise who goes on at a lock or an `await`. A small driver plays the part of the
//! runtime's `call`, against a slot that is no more than a lock; beside it stands a record of what really happened,
//! by which each schedule is judged.
//!
//! `FLIGHT_SECONDS` is the time for all searches together (45). A failure prints its schedule; it runs again with
//! `FLIGHT_REPLAY=<schedule> cargo test -p flight-schedules <test>`.

#[cfg(test)]
mod call;
#[cfg(test)]
mod fate;
#[cfg(test)]
mod fill;
#[cfg(test)]
#[allow(dead_code, reason = "the schedules here have no tags")]
#[path = "../../../cached-runtime/src/flight/mod.rs"]
mod flight;
#[cfg(test)]
mod mutants;
#[cfg(test)]
mod others;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod read;
#[cfg(test)]
mod record;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod search;
#[cfg(test)]
mod slot;
#[cfg(test)]
mod smallest;
#[cfg(test)]
mod sync;
#[cfg(test)]
mod world;
