//! Steps that write a slot, whatever is in it.

use std::time::Duration;

use ::redis::{Cmd, ToRedisArgs, Value};

use super::super::RedisStore;
use super::super::link::Retry;
use super::millis;
use crate::Error;

impl RedisStore {
    pub(in super::super) async fn write(
        &self,
        slot: &str,
        value: &[u8],
        ttl: Duration,
    ) -> Result<(), Error> {
        let mut set = Cmd::with_capacity(5, slot.len() + value.len() + 32);
        set.arg("SET").arg(slot).arg(value).arg("PX").arg(millis(ttl));
        self.send("SET", slot, &set).await.map(drop)
    }

    /// How many of them were there. One invalidation too many is never wrong, so it is sent again where its connection
    /// broke, as one that was idle for long does.
    pub(in super::super) async fn unlink(&self, slots: &[impl ToRedisArgs]) -> Result<u64, Error> {
        let mut unlink = Cmd::new();
        unlink.arg("UNLINK").arg(slots);
        match self.link.send("UNLINK", "", &unlink, Retry::Once).await {
            Ok(Value::Int(count)) => Ok(u64::try_from(count).unwrap_or(0)),
            Ok(other) => Err(self.unexpected("UNLINK", &other)),
            Err(failure) => Err(self.link.error("UNLINK", failure)),
        }
    }

    pub(in super::super) async fn ask(&self) -> Result<(), Error> {
        self.send("PING", "", &::redis::cmd("PING")).await.map(drop)
    }
}
