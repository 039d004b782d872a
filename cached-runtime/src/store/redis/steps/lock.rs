//! Taking a lock.

use std::time::Duration;

use ::redis::Value;

use super::super::RedisStore;
use super::super::script::Script;
use super::millis;
use crate::Error;

/// Nothing is written if it has failed half-way: the lock itself comes last. The number is that of the clock, in
/// microseconds, so it rises even if the last one is lost, and never by less than one, so it rises even if the clock
/// is turned back. Lua's numbers are exact up to the year 2255.
static LOCK: Script = Script::new(
    "if redis.call('PTTL', KEYS[1]) ~= -2 then return false end
local time = redis.call('TIME')
local fence = time[1] * 1000000 + time[2]
local last = tonumber(redis.pcall('GET', KEYS[2]))
if last and last >= fence then fence = last + 1 end
redis.call('SET', KEYS[2], string.format('%.0f', fence), 'PX', ARGV[3])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return fence",
    "3766eab9835493ad4020505e2c439c49521f4ca1",
);

/// How long the number outlives its lock: beyond, the clock alone has to be ahead of it.
const MEMORY: Duration = Duration::from_secs(24 * 3600);

impl RedisStore {
    pub(in super::super) async fn take_lock(
        &self,
        slot: &str,
        fence: &str,
        token: &[u8],
        ttl: Duration,
    ) -> Result<Option<u64>, Error> {
        const STEP: &str = "PTTL and SET";
        let arguments = (token, millis(ttl), millis(ttl.saturating_add(MEMORY)));
        match LOCK.run_on(&self.link, &[slot, fence], arguments).await {
            Ok(Value::Nil) => Ok(None),
            Ok(Value::Int(fence)) if fence > 0 => Ok(Some(fence.unsigned_abs())),
            Ok(other) => Err(self.unexpected(STEP, &other)),
            Err(failure) => Err(self.link.error(STEP, failure)),
        }
    }
}
