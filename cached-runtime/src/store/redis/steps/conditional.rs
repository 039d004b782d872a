//! Steps that write a slot only if what is in it is what they expect.

use std::time::Duration;

use ::redis::{Cmd, Value};
use bytes::Bytes;

use super::super::RedisStore;
use super::super::failure::Failure;
use super::super::link::Retry;
use super::super::script::Script;
use super::millis;
use crate::Error;

static SET_IF_STARTS: Script = Script::new(
    "if redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1",
    "89cac9e79a3db620f668d892658996b6c6dd2c2a",
);

/// Of a lock: it takes no more memory than it has, so there is always enough of it.
static RENEW: Script = Script::new(
    "#!lua flags=allow-oom
if redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1",
    "359b45d40a8510f1e81bca9fca5804ce26d4aecd",
);

static DELETE_IF_STARTS: Script = Script::new(
    "if redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1] then return 0 end
return redis.call('UNLINK', KEYS[1])",
    "67717af4e52b195f50ac6be03d29aa1b7c72635b",
);

impl RedisStore {
    pub(in super::super) async fn write_if_absent(
        &self,
        slot: &str,
        value: &[u8],
        ttl: Duration,
    ) -> Result<Option<Bytes>, Error> {
        let mut set = Cmd::with_capacity(7, slot.len() + value.len() + 40);
        set.arg("SET").arg(slot).arg(value).arg("NX").arg("GET").arg("PX").arg(millis(ttl));
        let mut reply = self.link.send("SET", slot, &set, Retry::Never).await;
        if reply.as_ref().is_err_and(Failure::is_wrong_type) {
            // A list, say, that no step can read and that would keep the slot from ever being filled. Sending the
            // same again is safe here: the server has said that it did not do it.
            self.unlink(&[slot]).await?;
            reply = self.link.send("SET", slot, &set, Retry::Never).await;
        }
        match reply {
            Ok(Value::Nil) => Ok(None),
            Ok(Value::BulkString(found)) => Ok(Some(Bytes::from(found))),
            Ok(other) => Err(self.unexpected("SET", &other)),
            Err(failure) => Err(self.link.error("SET", failure)),
        }
    }

    pub(in super::super) async fn write_if_starts(
        &self,
        slot: &str,
        start: &[u8],
        value: &[u8],
        ttl: Duration,
    ) -> Result<bool, Error> {
        let reply = if value == start {
            RENEW.run(&self.link, slot, (start, millis(ttl))).await
        } else {
            SET_IF_STARTS.run(&self.link, slot, (start, value, millis(ttl))).await
        };
        self.verdict("GETRANGE and SET", reply)
    }

    pub(in super::super) async fn unlink_if_starts(
        &self,
        slot: &str,
        start: &[u8],
    ) -> Result<bool, Error> {
        let reply = DELETE_IF_STARTS.run(&self.link, slot, start).await;
        self.verdict("GETRANGE and UNLINK", reply)
    }

    /// What is no string begins with nothing.
    pub(super) fn verdict(
        &self,
        step: &'static str,
        reply: Result<Value, Failure>,
    ) -> Result<bool, Error> {
        match reply {
            Ok(Value::Int(done)) => Ok(done == 1),
            Ok(other) => Err(self.unexpected(step, &other)),
            Err(failure) if failure.is_wrong_type() => Ok(false),
            Err(failure) => Err(self.link.error(step, failure)),
        }
    }
}
