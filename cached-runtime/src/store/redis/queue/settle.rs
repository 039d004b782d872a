//! What becomes of records that were worked on. Only the owner of the shard says so.

use super::super::RedisStore;
use super::super::script::Script;
use super::Names;
use crate::Error;

static ACK: Script = Script::new(
    "if redis.call('GET', KEYS[3]) ~= ARGV[1] then return -1 end
redis.call('XACK', KEYS[2], 'workers', unpack(ARGV, 2))
redis.call('HDEL', KEYS[4], unpack(ARGV, 2))
local gone = redis.call('XDEL', KEYS[2], unpack(ARGV, 2))
if gone > 0 then redis.call('HINCRBY', KEYS[1], 'backlog', -gone) end
return gone",
    "9ad8d8e042f63fe58697a2003582c440abc32a6d",
);

static CHARGE: Script = Script::new(
    "#!lua flags=allow-oom
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
return redis.call('HINCRBY', KEYS[2], ARGV[2], 1)",
    "03c8a6b9ae5b3a59f86527961274ba846c5496b0",
);

/// Sent twice, the second does nothing. The letter is written first: a script that fails half-way is not undone.
static BURY: Script = Script::new(
    "#!lua flags=allow-oom
if redis.call('GET', KEYS[3]) ~= ARGV[1] then return -1 end
if #redis.call('XRANGE', KEYS[2], ARGV[2], ARGV[2]) > 0 then
  redis.call('XADD', KEYS[5], '*', 'k', ARGV[3], 'r', ARGV[4], 'id', ARGV[2], 'error', ARGV[5], 'tries', ARGV[6])
end
redis.call('XACK', KEYS[2], 'workers', ARGV[2])
redis.call('HDEL', KEYS[4], ARGV[2])
local gone = redis.call('XDEL', KEYS[2], ARGV[2])
if gone > 0 then redis.call('HINCRBY', KEYS[1], 'backlog', -gone) end
return 1",
    "e133e08581dec3607c6e1453b56edab79362e921",
);

/// A record that is given up.
pub(crate) struct Grave<'a> {
    pub(crate) id: &'a str,
    pub(crate) key: &'a str,
    pub(crate) payload: &'a [u8],
    pub(crate) error: &'a str,
    pub(crate) tries: u32,
}

impl RedisStore {
    /// Records are done. `false` if the shard is not the worker's own, and nothing has changed.
    pub(crate) async fn queue_ack(
        &self,
        names: &Names,
        shard: usize,
        lease: &str,
        ids: &[&str],
    ) -> Result<bool, Error> {
        let shard = &names.shards[shard];
        let keys = [names.base.as_str(), &shard.stream, &shard.lease, &shard.tries];
        let mut arguments = vec![lease.as_bytes()];
        arguments.extend(ids.iter().map(|id| id.as_bytes()));
        Ok(self.queue_number("XACK", &ACK, &keys, &arguments).await? >= 0)
    }

    /// A record has failed once more: how often it has by now. `None` if the shard is not the worker's own.
    pub(crate) async fn queue_charge(
        &self,
        names: &Names,
        shard: usize,
        lease: &str,
        id: &str,
    ) -> Result<Option<u32>, Error> {
        let shard = &names.shards[shard];
        let keys = [shard.lease.as_str(), &shard.tries];
        let arguments = [lease.as_bytes(), id.as_bytes()];
        let tries = self.queue_number("HINCRBY", &CHARGE, &keys, &arguments).await?;
        Ok(u32::try_from(tries).ok())
    }

    /// A record becomes a dead letter. `false` if the shard is not the worker's own, and nothing has changed.
    pub(crate) async fn queue_bury(
        &self,
        names: &Names,
        shard: usize,
        lease: &str,
        grave: &Grave<'_>,
    ) -> Result<bool, Error> {
        let shard = &names.shards[shard];
        let keys = [names.base.as_str(), &shard.stream, &shard.lease, &shard.tries, &names.dead];
        let tries = grave.tries.to_string();
        let arguments = [
            lease.as_bytes(),
            grave.id.as_bytes(),
            grave.key.as_bytes(),
            grave.payload,
            grave.error.as_bytes(),
            tries.as_bytes(),
        ];
        Ok(self.queue_number("XACK and XADD", &BURY, &keys, &arguments).await? >= 0)
    }
}
