//! How far the workers are.

use super::super::RedisStore;
use super::super::script::Script;
use super::{Names, items, text};
use crate::Error;

/// The last record of each shard.
static MARKS: Script = Script::new(
    "local marks = {}
for i, stream in ipairs(KEYS) do
  local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)
  marks[i] = last[1] and last[1][1] or ''
end
return marks",
    "ae714a7cab84ebc7ee5e6ab6bf99bb4c462e7343",
);

/// In how many shards there are records up to the mark.
static LEFT: Script = Script::new(
    "local left = 0
for i, stream in ipairs(KEYS) do
  left = left + #redis.call('XRANGE', stream, '-', ARGV[i], 'COUNT', 1)
end
return left",
    "c62127e19c327664a8cb6171439b3fdd5435343c",
);

static BACKLOG: Script = Script::new(
    "local backlog = 0
for _, stream in ipairs(KEYS) do backlog = backlog + redis.call('XLEN', stream) end
return backlog",
    "f4cbd80f32930cfa26cf3f4c7130d6a46b24b89a",
);

/// The last records of the shards, as they were.
pub(crate) struct Marks(Vec<(usize, String)>);

impl RedisStore {
    pub(crate) async fn queue_marks(&self, names: &Names) -> Result<Marks, Error> {
        const STEP: &str = "XREVRANGE";
        let reply = self.queue_step(STEP, &MARKS, &streams(names), &[]).await?;
        let marks = items(reply).unwrap_or_default().into_iter().enumerate();
        let marks = marks.filter_map(|(shard, mark)| Some((shard, text(mark)?)));
        Ok(Marks(marks.filter(|(_, mark)| !mark.is_empty()).collect()))
    }

    /// Whether no record up to its shard's mark is left.
    pub(crate) async fn queue_is_past(&self, names: &Names, marks: &Marks) -> Result<bool, Error> {
        if marks.0.is_empty() {
            return Ok(true);
        }
        let keys: Vec<_> =
            marks.0.iter().map(|(shard, _)| names.shards[*shard].stream.as_str()).collect();
        let arguments: Vec<_> = marks.0.iter().map(|(_, mark)| mark.as_bytes()).collect();
        Ok(self.queue_number("XRANGE", &LEFT, &keys, &arguments).await? == 0)
    }

    /// How many records there are in all shards.
    pub(crate) async fn queue_backlog(&self, names: &Names) -> Result<u64, Error> {
        let backlog = self.queue_number("XLEN", &BACKLOG, &streams(names), &[]).await?;
        Ok(u64::try_from(backlog).unwrap_or(0))
    }
}

fn streams(names: &Names) -> Vec<&str> {
    names.shards.iter().map(|shard| shard.stream.as_str()).collect()
}
