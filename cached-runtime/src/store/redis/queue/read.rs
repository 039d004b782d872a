//! Reading a shard's records.

use ::redis::Value;
use bytes::Bytes;

use super::super::RedisStore;
use super::super::script::Script;
use super::{Names, bytes, fields, items, number, text};
use crate::Error;

/// Only the owner reads: what another one read would count as delivered, and the owner would not see it. Nor does the
/// owner read on from another place than where it thinks to be: a read of its own whose reply it gave up may have come
/// late, after it looked through what was read before.
///
/// Without a group (a new shard, or one whose stream was deleted) it makes one.
static READ: Script = Script::new(
    "#!lua flags=allow-oom
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return -1 end
local last
for _, group in ipairs(redis.pcall('XINFO', 'GROUPS', KEYS[1])) do
  local fields = {}
  for i = 1, #group, 2 do fields[group[i]] = group[i + 1] end
  if fields['name'] == 'workers' then last = fields['last-delivered-id'] end
end
if not last then
  redis.call('XGROUP', 'CREATE', KEYS[1], 'workers', '0', 'MKSTREAM')
  last = '0-0'
end
local from = ARGV[2]
if ARGV[4] then
  if ARGV[2] ~= last then return -2 end
  from = '>'
end
local found = redis.call('XREADGROUP', 'GROUP', 'workers', 'worker', 'COUNT', ARGV[3], 'STREAMS', KEYS[1], from)
local entries = found and found[1][2] or {}
if ARGV[4] or #entries == 0 then return {last, entries, {}, {}} end
local ids = {}
for i, entry in ipairs(entries) do ids[i] = entry[1] end
local tries = redis.call('HMGET', KEYS[3], unpack(ids))
local pending = redis.call('XPENDING', KEYS[1], 'workers', ids[1], ids[#ids], #ids)
local deliveries = {}
for i, it in ipairs(pending) do deliveries[i] = it[4] end
return {last, entries, tries, deliveries}",
    "1e10dc2101455c8b8ad0bba3ddedfc89b7b55908",
);

const STEP: &str = "XREADGROUP";

/// Which records to read.
#[derive(Debug)]
pub(crate) enum Page {
    /// Those behind this one that were read, by this worker or one before, and are not done.
    Left(String),
    /// Those that no worker has read. This one was the last that was.
    New(String),
}

/// What was read.
pub(crate) enum Read {
    /// The page, and of all records the last one that was read before.
    Records(Vec<Found>, String),
    /// More than was thought was read before. It is left.
    Missed,
    /// The shard is not the worker's own.
    Lost,
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
    /// Reads at most `count` records.
    pub(crate) async fn queue_read(
        &self,
        names: &Names,
        shard: usize,
        lease: &str,
        page: &Page,
        count: usize,
    ) -> Result<Read, Error> {
        let shard = &names.shards[shard];
        let keys = [shard.stream.as_str(), &shard.lease, &shard.tries];
        let (Page::Left(from) | Page::New(from)) = page;
        let count = count.to_string();
        let mut arguments = vec![lease.as_bytes(), from.as_bytes(), count.as_bytes()];
        if matches!(page, Page::New(_)) {
            arguments.push(b"new");
        }
        match self.queue_step(STEP, &READ, &keys, &arguments).await? {
            Value::Int(-2) => Ok(Read::Missed),
            Value::Int(_) => Ok(Read::Lost),
            reply => match records(reply) {
                Some(read) => Ok(read),
                None => Err(self.queue_unexpected(STEP, &Value::Nil)),
            },
        }
    }
}

/// The entries, and for each of them how often it has failed and was read.
fn records(reply: Value) -> Option<Read> {
    let [last, entries, tries, deliveries] = <[Value; 4]>::try_from(items(reply)?).ok()?;
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
    let found = items(entries)?.into_iter().map(entry).collect::<Option<_>>()?;
    Some(Read::Records(found, text(last)?))
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
