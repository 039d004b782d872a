//! A worker's turn: it keeps its leases, takes shards that are free, and sees in which of its own there is work.

use std::sync::Arc;
use std::time::Duration;

use ::redis::Value;

use super::super::RedisStore;
use super::super::script::Script;
use super::super::steps::millis;
use super::{Names, number};
use crate::Error;

/// The share is the same for all workers that have been heard of. Nobody takes more, so there is something left for
/// one who comes, once the others have given up what they have too much.
///
/// A lease is the worker's token and the number of the turn that took it, so each stint of a worker in a shard has one of
/// its own, and nothing that was sent in an earlier stint and comes late counts. A shard that is the worker's, but of
/// another stint than the worker knows of, is as good as free.
static TURN: Script = Script::new(
    "#!lua flags=allow-oom
local token, taken, ttl, renew, seek = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1', ARGV[5] == '1'
if redis.call('HGET', KEYS[1], 'shards') ~= ARGV[6] then return {-1} end
local shards = tonumber(ARGV[6])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if not seek then redis.call('ZREM', KEYS[2], token)
elseif renew then
  redis.call('ZADD', KEYS[2], now + ttl, token)
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
  redis.call('PEXPIRE', KEYS[2], ttl)
end
local workers = math.max(1, redis.call('ZCOUNT', KEYS[2], now, '+inf'))
local share = math.ceil(shards / workers)
local held, free, reply = 0, {}, {share}
for i = 1, shards do
  local lease = KEYS[2 * i + 2]
  local owner = redis.call('GET', lease)
  reply[i + 1] = -1
  if owner and owner == ARGV[i + 6] then
    if renew then redis.call('PEXPIRE', lease, ttl) end
    held = held + 1
    reply[i + 1] = redis.call('XLEN', KEYS[2 * i + 1]) * 2
  elseif not owner or string.sub(owner, 1, #token) == token then
    if owner then redis.call('UNLINK', lease) end
    free[#free + 1] = i
  end
end
for _, i in ipairs(free) do
  if not seek or held >= share then break end
  redis.call('SET', KEYS[2 * i + 2], taken, 'PX', ttl)
  held = held + 1
  reply[i + 1] = redis.call('XLEN', KEYS[2 * i + 1]) * 2 + 1
end
return reply",
    "965207c82436b99db8dae2313e63d485a9b65fa8",
);

static LEAVE: Script = Script::new(
    "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('UNLINK', KEYS[1])",
    "67abacd5457b409af47451d580ed90f9f5c74f7b",
);

const STEP: &str = "keep the leases of a queue";

/// What a worker wants of its turn.
pub(crate) struct Asked<'a> {
    pub(crate) token: &'a str,
    /// The lease of what it takes: it begins with the token.
    pub(crate) taken: &'a str,
    /// The leases of the shards that it has, as it knows.
    pub(crate) leases: &'a [Option<Arc<str>>],
    pub(crate) ttl: Duration,
    /// Whether its leases are to last for another `ttl` from now on.
    pub(crate) renews: bool,
    /// Whether it takes free shards.
    pub(crate) seeks: bool,
}

/// What a worker has.
pub(crate) struct Turn {
    /// How many shards are to be its own, of all workers that there are.
    pub(crate) share: usize,
    pub(crate) shards: Vec<Holding>,
}

/// How a shard stands to a worker, and how many records are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holding {
    NotMine,
    Kept(u64),
    Taken(u64),
}

impl RedisStore {
    pub(crate) async fn queue_turn(&self, names: &Names, asked: &Asked<'_>) -> Result<Turn, Error> {
        let mut keys = vec![names.base.as_str(), &names.workers];
        keys.extend(names.shards.iter().flat_map(|shard| [shard.stream.as_str(), &shard.lease]));
        let flag = |is| if is { &b"1"[..] } else { b"0" };
        let (ttl, shards) = (millis(asked.ttl).to_string(), names.count().to_string());
        let mut arguments = vec![
            asked.token.as_bytes(),
            asked.taken.as_bytes(),
            ttl.as_bytes(),
            flag(asked.renews),
            flag(asked.seeks),
            shards.as_bytes(),
        ];
        arguments
            .extend(asked.leases.iter().map(|lease| lease.as_deref().unwrap_or("").as_bytes()));
        let reply = self.queue_step(STEP, &TURN, &keys, &arguments).await?;
        let Value::Array(reply) = reply else { return Err(self.queue_unexpected(STEP, &reply)) };
        let mut numbers = reply.into_iter().map(number);
        let Some(share) = numbers.next().flatten() else {
            // There is no such queue yet, or it has other shards. The next turn is the one.
            self.queue_open(names).await?;
            return Ok(Turn { share: names.count(), shards: Vec::new() });
        };
        let holding = |number: Option<u64>| match number {
            None => Holding::NotMine,
            Some(number) if number % 2 == 0 => Holding::Kept(number / 2),
            Some(number) => Holding::Taken(number / 2),
        };
        let share = usize::try_from(share).unwrap_or(usize::MAX);
        Ok(Turn { share, shards: numbers.map(holding).collect() })
    }

    /// Gives a shard back, if this is its lease.
    pub(crate) async fn queue_leave(
        &self,
        names: &Names,
        shard: usize,
        lease: &str,
    ) -> Result<(), Error> {
        let keys = [names.shards[shard].lease.as_str()];
        self.queue_number("UNLINK", &LEAVE, &keys, &[lease.as_bytes()]).await.map(drop)
    }
}
