//! Steps that read a slot.

use std::time::Duration;

use ::redis::{Cmd, Pipeline, Value};
use bytes::Bytes;

use super::super::RedisStore;
use super::super::failure::Failure;
use super::super::link::Retry;
use super::super::script::Script;
use super::millis;
use crate::Error;

/// Reads a slot and lets a value, but nothing else, live on.
static GET_AND_RENEW: Script = Script::new(
    "local value = redis.call('GET', KEYS[1])
if value and string.byte(value) ~= 2 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return value",
    "55bd4060a3b9f785c7ef9839c0cf2e0e5615f64f",
);

impl RedisStore {
    pub(crate) async fn read(&self, slot: &str) -> Result<Option<Bytes>, Error> {
        let mut get = Cmd::with_capacity(2, slot.len() + 8);
        get.arg("GET").arg(slot);
        bulk(self.link.send("GET", slot, &get, Retry::Once).await)
            .map_err(|failure| self.link.error("GET", failure))
    }

    /// `PTTL` first: if the slot is written in between, its bytes are newer than the time, never older.
    pub(in super::super) async fn read_with_ttl(
        &self,
        slot: &str,
    ) -> Result<Option<(Bytes, Duration)>, Error> {
        const STEP: &str = "PTTL and GET";
        let mut both = Pipeline::with_capacity(2);
        both.cmd("PTTL").arg(slot).cmd("GET").arg(slot);
        timed(self.link.send(STEP, slot, &both, Retry::Once).await)
            .map_err(|failure| self.link.error(STEP, failure))
    }

    pub(in super::super) async fn renew(
        &self,
        slot: &str,
        ttl: Duration,
    ) -> Result<Option<Bytes>, Error> {
        let reply = GET_AND_RENEW.run(&self.link, slot, millis(ttl)).await;
        bulk(reply).map_err(|failure| self.link.error("GET and PEXPIRE", failure))
    }

    pub(in super::super) async fn left(&self, slot: &str) -> Result<Option<Duration>, Error> {
        let mut pttl = Cmd::new();
        pttl.arg("PTTL").arg(slot);
        match self.send("PTTL", slot, &pttl).await? {
            Value::Int(left) => Ok(lifetime(left)),
            other => Err(self.unexpected("PTTL", &other)),
        }
    }
}

/// The reply to a `PTTL`: -1 is no end, -2 an empty slot.
pub(super) fn lifetime(left: i64) -> Option<Duration> {
    match left {
        -1 => Some(Duration::MAX),
        left => u64::try_from(left).ok().map(Duration::from_millis),
    }
}

/// The reply to a `GET`. A slot in which someone put a list holds no value: it is a miss, and `SET` replaces it.
fn bulk(reply: Result<Value, Failure>) -> Result<Option<Bytes>, Failure> {
    match reply {
        Ok(Value::BulkString(bytes)) => Ok(Some(Bytes::from(bytes))),
        Ok(Value::Nil) => Ok(None),
        Ok(other) => Err(Failure::unexpected(&other)),
        Err(failure) if failure.is_wrong_type() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The replies to `PTTL` and `GET`.
pub(super) fn timed(reply: Result<Value, Failure>) -> Result<Option<(Bytes, Duration)>, Failure> {
    let replies = match reply {
        Ok(Value::Array(replies)) => replies,
        // An error of either.
        other => return Ok(bulk(other)?.map(|bytes| (bytes, Duration::MAX))),
    };
    match <[Value; 2]>::try_from(replies) {
        Ok([Value::Int(left), value]) => {
            // Written since `PTTL` found nothing: all its time is still to come.
            let left = lifetime(left).unwrap_or(Duration::MAX);
            Ok(bulk(Ok(value))?.map(|bytes| (bytes, left)))
        }
        Ok([other, _]) => Err(Failure::unexpected(&other)),
        Err(replies) => Err(Failure::unexpected(&Value::Array(replies))),
    }
}
