//! Reading a shard's records.

use ::redis::Value;
use bytes::Bytes;

use super::super::RedisStore;
use super::super::script::Script;
use super::{Names, bytes, fields, items, number, text};
use crate::Error;

/// Only the owner reads: what another one read would count as delivered, and the owner would not see it.
///
/// Without a group (a new shard, or one whose stream was deleted) it makes one.
static READ: Script = Script::new(
    "if redis.call('GET', KEYS[2]) ~= ARGV[1] then return -1 end
local function read()
  return redis.pcall('XREADGROUP', 'GROUP', 'workers', 'worker', 'COUNT', ARGV[3], 'STREAMS', KEYS[1], ARGV[2])
end
local found = read()
if found and found.err and string.sub(found.err, 1, 7) == 'NOGROUP' then
  redis.call('XGROUP', 'CREATE', KEYS[1], 'workers', '0', 'MKSTREAM')
  found = read()
end
if not found then return {{}, {}, {}} end
if found.err then return found end
local entries = found[1][2]
if ARGV[2] == '>' or #entries == 0 then return {entries, {}, {}} end
local ids = {}
for i, entry in ipairs(entries) do ids[i] = entry[1] end
local tries = redis.call('HMGET', KEYS[3], unpack(ids))
local pending = redis.call('XPENDING', KEYS[1], 'workers', ids[1], ids[#ids], #ids)
local deliveries = {}
for i, it in ipairs(pending) do deliveries[i] = it[4] end
return {entries, tries, deliveries}",
    "2593ce3924cbbaf5ca29aad1468156fc88958620",
);

const STEP: &str = "XREADGROUP";

/// Which records to read.
pub(crate) enum Page<'a> {
    /// Those that no worker has read.
    New,
    /// Those behind this one that were read, by this worker or one before, and are not done.
    ReadBehind(&'a str),
}

/// A record in a shard.
pub(crate) struct Found {
    pub(crate) id: String,
    /// `None` for a record that somebody has deleted from the stream, and that is only to be acknowledged.
    pub(crate) content: Option<Content>,
    /// How often it has failed by itself.
    pub(crate) tries: u32,
    /// How often it was read, if it was read before.
    pub(crate) deliveries: u32,
}

pub(crate) struct Content {
    pub(crate) key: String,
    pub(crate) payload: Bytes,
}

impl RedisStore {
    /// Reads at most `count` records. `None` if the shard is not the worker's own.
    pub(crate) async fn queue_read(
        &self,
        names: &Names,
        shard: usize,
        token: &str,
        page: Page<'_>,
        count: usize,
    ) -> Result<Option<Vec<Found>>, Error> {
        let shard = &names.shards[shard];
        let keys = [shard.stream.as_str(), &shard.lease, &shard.tries];
        let from = match page {
            Page::New => ">",
            Page::ReadBehind(id) => id,
        };
        let count = count.to_string();
        let arguments = [token.as_bytes(), from.as_bytes(), count.as_bytes()];
        match self.queue_step(STEP, &READ, &keys, &arguments).await? {
            Value::Int(_) => Ok(None),
            reply => match found(reply) {
                Some(found) => Ok(Some(found)),
                None => Err(self.queue_unexpected(STEP, &Value::Nil)),
            },
        }
    }
}

/// The entries, and for each of them how often it has failed and was read.
fn found(reply: Value) -> Option<Vec<Found>> {
    let [entries, tries, deliveries] = <[Value; 3]>::try_from(items(reply)?).ok()?;
    let mut tries = items(tries)?.into_iter().map(count);
    let mut deliveries = items(deliveries)?.into_iter().map(count);
    let entry = |entry| {
        let [id, content] = <[Value; 2]>::try_from(items(entry)?).ok()?;
        Some(Found {
            id: text(id)?,
            content: fields(content).map(content_of),
            tries: tries.next().unwrap_or(0),
            deliveries: deliveries.next().unwrap_or(1),
        })
    };
    items(entries)?.into_iter().map(entry).collect()
}

fn count(value: Value) -> u32 {
    number(value).map_or(0, |number| u32::try_from(number).unwrap_or(u32::MAX))
}

/// What others have put into the stream has no such fields: its payload is empty, which no record's is.
fn content_of(fields: Vec<(Vec<u8>, Value)>) -> Content {
    let mut content = Content { key: String::new(), payload: Bytes::new() };
    for (name, value) in fields {
        match &*name {
            b"k" => content.key = text(value).unwrap_or_default(),
            b"r" => content.payload = bytes(value).unwrap_or_default().into(),
            _ => {}
        }
    }
    content
}
