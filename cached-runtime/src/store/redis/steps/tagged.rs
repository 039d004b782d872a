//! Steps about tags, each of them one round trip.

use std::time::Duration;

use ::redis::{Pipeline, Value};
use bytes::Bytes;

use super::super::RedisStore;
use super::super::failure::Failure;
use super::super::link::Retry;
use super::super::script::Script;
use super::lua::{epochs, intents, prolonging};
use super::millis;
use super::read::lifetime;
use crate::Error;
use crate::codec::wire;
use crate::store::tagged::{CLOCK, INVALIDATED};
use crate::store::{Minted, TagRead, Tagged};

/// Reads a slot and its tags, also those that its value names, and lets them live on where `ARGV[1]` says for how long.
///
/// The slots of named tags are in no argument, as nobody knows them before: a single server takes that, and so does one
/// with replicas. An envelope that is cut short names nothing.
static GET_TAGGED: Script = Script::new(
    concat!(
        epochs!(),
        prolonging!(),
        r"local function named(value)
  local head, flags, at = struct.unpack('c2B', value)
  if head ~= '\1\1' or flags < 16 or flags > 31 then return {} end
  at = at + bit.band(flags, 1) * 16 + bit.band(flags, 2) * 4 + bit.band(flags, 4) * 2
  if bit.band(flags, 8) > 0 then at = at + 1 + 16 * string.byte(value, at) end
  local count, names, epoch = string.byte(value, at), {}
  at = at + 1
  for i = 1, count do names[i], epoch, at = struct.unpack('>Hc0c16', value, at) end
  struct.unpack('Bc0', value, at)
  return names
end
local left = ARGV[1] == '' and redis.call('PTTL', KEYS[1]) or -1
local values = redis.call('MGET', unpack(KEYS))
if ARGV[2] == '1' then
  local is_whole, names = pcall(named, values[1])
  for _, name in ipairs(is_whole and names or {}) do
    table.insert(KEYS, name)
    table.insert(values, redis.call('MGET', name)[1])
  end
end
if ARGV[1] ~= '' then
  if values[1] and string.byte(values[1]) ~= 2 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  for i = 2, #values do
    if stamp_of(values[i]) then prolong(KEYS[i], ARGV[1]) end
  end
end
return {left, values}"
    ),
    "53e5ea168ae7d1f89443175022fc15f498fead2f",
);

/// Lets the epochs in the slots of tags live on, and puts new ones where there are none, with the stamp of the clock. One
/// that is ahead of the clock is from before the clock was lost, and would be taken for an invalidation for ever.
///
/// `KEYS`: the clock, the tags. `ARGV`: how long the clock lives, and the tags; what is new, for each of `KEYS`.
static MINT: Script = Script::new(
    concat!(
        epochs!(),
        prolonging!(),
        intents!(),
        r"local values = redis.call('MGET', unpack(KEYS))
local function mint(i, life, stamp)
  local found = stamp_of(values[i])
  if found and (i == 1 or tonumber(found) <= tonumber(stamp)) then
    prolong(KEYS[i], life)
  elseif i == 1 or not is_intent(values[i]) then
    values[i] = '\4' .. ARGV[i + 2] .. stamp
    redis.call('SET', KEYS[i], values[i], 'PX', twice(life))
  end
end
mint(1, ARGV[1], '0')
for i = 2, #KEYS do mint(i, ARGV[2], stamp_of(values[1])) end
return values"
    ),
    "5c3ea63d09fa9528c0457b6f60e6994a64e6943a",
);

/// Counts an invalidation on the clock, and gives the tags new epochs with that stamp. A tag that is being written has
/// none, and gets one when that has ended. Arguments as above.
static INVALIDATE_TAGS: Script = Script::new(
    concat!(
        epochs!(),
        intents!(),
        r"local values = redis.call('MGET', unpack(KEYS))
local clock = values[1]
local stamp = string.format('%.0f', (stamp_of(clock) or 0) + 1)
local start = stamp_of(clock) and string.sub(clock, 1, 17) or '\4' .. ARGV[3]
redis.call('SET', KEYS[1], start .. stamp, 'PX', ARGV[1])
for i = 2, #KEYS do
  if not is_intent(values[i]) then
    redis.call('SET', KEYS[i], '\4' .. ARGV[i + 2] .. stamp, 'PX', ARGV[2])
  end
end"
    ),
    "eaee5a2468f79a4e2428567efb35230b18ccc780",
);

impl RedisStore {
    pub(in super::super) async fn read_tagged(
        &self,
        slot: &str,
        read: &TagRead,
    ) -> Result<Tagged, Error> {
        const STEP: &str = "PTTL and MGET";
        let slots = with(slot, &read.tags);
        let reply = if read.renew.is_some() || read.names_tags {
            let life = read.renew.map(|ttl| millis(ttl).to_string()).unwrap_or_default();
            GET_TAGGED
                .run_repeatable_on(&self.link, &slots, (life, u8::from(read.names_tags)))
                .await
        } else {
            // `PTTL` first: if the slot is written in between, its bytes are newer than the time, never older.
            let mut both = Pipeline::with_capacity(2);
            both.cmd("PTTL").arg(slot).cmd("MGET").arg(&slots);
            self.link.send(STEP, slot, &both, Retry::Once).await
        };
        reply
            .and_then(|reply| tagged(reply, slots.len()))
            .map_err(|failure| self.link.error(STEP, failure))
    }

    pub(in super::super) async fn find_or_mint(
        &self,
        clock: &str,
        tags: &[String],
        ttl: Duration,
    ) -> Result<Minted, Error> {
        let slots = with(clock, tags);
        let arguments = (millis(CLOCK), millis(ttl), epochs_for(&slots));
        let reply = MINT.run_repeatable_on(&self.link, &slots, arguments).await;
        reply
            .and_then(|reply| minted(reply, slots.len()))
            .map_err(|failure| self.link.error("MGET and SET", failure))
    }

    pub(in super::super) async fn give_new_epochs(
        &self,
        clock: &str,
        tags: &[String],
    ) -> Result<(), Error> {
        let slots = with(clock, tags);
        let arguments = (millis(CLOCK), millis(INVALIDATED), epochs_for(&slots));
        let reply = INVALIDATE_TAGS.run_repeatable_on(&self.link, &slots, arguments).await;
        reply.map(drop).map_err(|failure| self.link.error("MGET and SET", failure))
    }
}

/// A slot, and those of tags.
pub(super) fn with<'a>(slot: &'a str, tags: &'a [String]) -> Vec<&'a str> {
    std::iter::once(slot).chain(tags.iter().map(String::as_str)).collect()
}

/// A new epoch for each of them.
fn epochs_for(slots: &[&str]) -> Vec<Vec<u8>> {
    slots.iter().map(|_| wire::unique().to_vec()).collect()
}

/// The reply to `PTTL` and that to `MGET`, of a slot and its tags, `least` of them at least.
pub(super) fn tagged(reply: Value, least: usize) -> Result<Tagged, Failure> {
    let Value::Array(replies) = reply else { return Err(Failure::unexpected(&reply)) };
    let Ok([Value::Int(left), values]) = <[Value; 2]>::try_from(replies) else {
        return Err(Failure::unexpected(&Value::Nil));
    };
    let mut values = contents(values, least)?;
    let tags = values.split_off(1);
    // Written since `PTTL` found nothing: all its time is still to come.
    let left = lifetime(left).unwrap_or(Duration::MAX);
    let found = values.pop().flatten().map(|bytes| (bytes, left));
    Ok(Tagged { found, tags })
}

/// What is in the slots of the clock and the tags, all of which have something.
fn minted(reply: Value, count: usize) -> Result<Minted, Failure> {
    let mut values = contents(reply, count)?.into_iter().map(Option::unwrap_or_default);
    let clock = values.next().unwrap_or_default();
    Ok(Minted { tags: values.collect(), clock })
}

/// The reply to `MGET`: what is no string is as nothing.
pub(super) fn contents(reply: Value, least: usize) -> Result<Vec<Option<Bytes>>, Failure> {
    let Value::Array(values) = reply else { return Err(Failure::unexpected(&reply)) };
    if values.len() < least {
        return Err(Failure::unexpected(&Value::Array(values)));
    }
    let value = |value| match value {
        Value::BulkString(bytes) => Ok(Some(Bytes::from(bytes))),
        Value::Nil => Ok(None),
        other => Err(Failure::unexpected(&other)),
    };
    values.into_iter().map(value).collect()
}
