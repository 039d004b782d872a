//! The commands of each step, and what their replies mean.

use std::time::Duration;

use ::redis::{Cmd, Value};

use super::RedisStore;
use super::failure::Failure;
use super::link::Retry;
use crate::Error;

mod conditional;
mod events;
mod lock;
mod lua;
mod read;
mod sweep;
mod tagged;
mod tracked;
mod write;
mod writes;

impl RedisStore {
    /// Sends a command that is never sent twice.
    pub(super) async fn send(
        &self,
        step: &'static str,
        slot: &str,
        command: &Cmd,
    ) -> Result<Value, Error> {
        self.link
            .send(step, slot, command, Retry::Never)
            .await
            .map_err(|failure| self.link.error(step, failure))
    }

    fn unexpected(&self, step: &'static str, reply: &Value) -> Error {
        self.link.error(step, Failure::unexpected(reply))
    }
}

/// Milliseconds as Redis counts them. A remainder is dropped: a value may end early, never late. What is too long
/// for Redis, as `Duration::MAX` is, becomes a time that nobody lives to see.
pub(super) fn millis(ttl: Duration) -> u64 {
    const LONGEST: u64 = 1 << 62;
    u64::try_from(ttl.as_millis()).unwrap_or(LONGEST).clamp(1, LONGEST)
}
