//! Adding records.

use std::time::Duration;

use bytes::Bytes;

use super::super::RedisStore;
use super::super::script::Script;
use super::super::steps::millis;
use super::Names;
use crate::Error;

/// The record goes first: a script that fails half-way is not undone, and an entry must not tell of a record that is
/// not there.
static PUSH: Script = Script::new(
    "local state = redis.call('HMGET', KEYS[1], 'shards', 'backlog')
if state[1] ~= ARGV[1] or not state[2] then return -1 end
if tonumber(state[2]) >= tonumber(ARGV[2]) then return 0 end
redis.call('XADD', KEYS[2], '*', 'k', ARGV[3], 'r', ARGV[4])
redis.call('HINCRBY', KEYS[1], 'backlog', 1)
if ARGV[5] == 'set' then redis.call('SET', KEYS[3], ARGV[6], 'PX', ARGV[7])
elseif ARGV[5] then redis.call('UNLINK', KEYS[3]) end
return 1",
    "85819c7ec1f9bcd237a34d903e0e8619cef06be7",
);

/// Answers the number of shards that the queue has.
static OPEN: Script = Script::new(
    "#!lua flags=allow-oom
local shards = redis.call('HGET', KEYS[1], 'shards')
if shards and shards ~= ARGV[1] then return tonumber(shards) end
local backlog = 0
for i = 2, #KEYS do backlog = backlog + redis.call('XLEN', KEYS[i]) end
redis.call('HSET', KEYS[1], 'shards', ARGV[1], 'backlog', backlog)
return tonumber(ARGV[1])",
    "efd26b5fe076f20d80258cf439acd81c8639ecd6",
);

const STEP: &str = "XADD";

/// Of a push that finds the queue closed, and opens it. Only a server that loses keys has it closed again.
const TRIES: usize = 3;

/// A record to push.
pub(crate) struct NewRecord<'a> {
    pub(crate) shard: usize,
    pub(crate) key: &'a str,
    pub(crate) payload: &'a [u8],
    pub(crate) put: Option<&'a Put>,
}

/// What becomes of a slot in the same step.
pub(crate) struct Put {
    pub(crate) slot: String,
    /// What it holds from now on, and for how long. `None` empties it.
    pub(crate) value: Option<(Bytes, Duration)>,
}

impl RedisStore {
    /// Adds a record. `false` if there are `most` records already, and nothing has changed.
    pub(crate) async fn queue_push(
        &self,
        names: &Names,
        record: &NewRecord<'_>,
        most: u64,
    ) -> Result<bool, Error> {
        let (shards, most) = (names.count().to_string(), most.to_string());
        let mut keys = vec![names.base.as_str(), &names.shards[record.shard].stream];
        let mut arguments =
            vec![shards.as_bytes(), most.as_bytes(), record.key.as_bytes(), record.payload];
        let ttl;
        if let Some(Put { slot, value }) = record.put {
            keys.push(slot);
            match value {
                Some((value, lives)) => {
                    ttl = millis(*lives).to_string();
                    arguments.extend([&b"set"[..], value, ttl.as_bytes()]);
                }
                None => arguments.push(b"unlink"),
            }
        }
        for _ in 0..TRIES {
            match self.queue_number(STEP, &PUSH, &keys, &arguments).await? {
                -1 => self.queue_open(names).await?,
                pushed => return Ok(pushed == 1),
            }
        }
        Err(Error::refused(
            self.link.server(),
            STEP,
            format!("{} does not stay there: is its memory full?", names.base),
        ))
    }

    /// Makes the queue, if it is not there, and counts what is in it.
    ///
    /// # Errors
    ///
    /// It has another number of shards.
    pub(crate) async fn queue_open(&self, names: &Names) -> Result<(), Error> {
        let shards = names.count().to_string();
        let mut keys = vec![names.base.as_str()];
        keys.extend(names.shards.iter().map(|shard| shard.stream.as_str()));
        let found = self.queue_number(STEP, &OPEN, &keys, &[shards.as_bytes()]).await?;
        if usize::try_from(found) == Ok(names.count()) {
            return Ok(());
        }
        let problem = format!(
            "the queue has {found} shards and not {shards}: use {found}, or let its workers empty it, stop all \
             that use it, and delete the key {}",
            names.base
        );
        Err(Error::setting("shards", problem))
    }
}
