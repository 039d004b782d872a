//! The local tier: decoded values kept in the process, in front of the store, for functions with `local`.

mod evicted;
mod hashing;
mod key;
mod moment;
mod parts;
#[cfg(test)]
mod tests;
mod tier;

pub(crate) use key::{Place, Wanted};
pub(crate) use moment::Moment;
pub(crate) use tier::{Budget, Stored, Tier};
