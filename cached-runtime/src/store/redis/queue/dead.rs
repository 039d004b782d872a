//! Dead letters: records that were given up.

use ::redis::{Cmd, Value};
use bytes::Bytes;

use super::super::RedisStore;
use super::super::script::Script;
use super::{Names, bytes, fields, items, number, text};
use crate::Error;

/// Sent twice, the second does nothing.
static RETRY: Script = Script::new(
    "if #redis.call('XRANGE', KEYS[2], ARGV[1], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[3], '*', 'k', ARGV[2], 'r', ARGV[3])
redis.call('HINCRBY', KEYS[1], 'backlog', 1)
return redis.call('XDEL', KEYS[2], ARGV[1])",
    "c0021daa69506619f9d0b31218a3a517b0aa2950",
);

/// A dead letter as it is stored.
#[derive(Debug, Clone, Default)]
pub(crate) struct Letter {
    /// Of the letter; not the one that the record had.
    pub(crate) id: String,
    pub(crate) record: String,
    pub(crate) key: String,
    pub(crate) payload: Bytes,
    pub(crate) error: String,
    pub(crate) tries: u32,
}

impl RedisStore {
    /// The oldest ones, at most `count`.
    pub(crate) async fn queue_letters(
        &self,
        names: &Names,
        count: usize,
    ) -> Result<Vec<Letter>, Error> {
        const STEP: &str = "XRANGE";
        if count == 0 {
            return Ok(Vec::new());
        }
        // Redis counts with a sign.
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let mut range = Cmd::new();
        range.arg(STEP).arg(&names.dead).arg("-").arg("+").arg("COUNT").arg(count);
        let reply = self.send(STEP, &names.dead, &range).await?;
        let Value::Array(entries) = reply else {
            return Err(self.queue_unexpected(STEP, &reply));
        };
        Ok(entries.into_iter().filter_map(letter).collect())
    }

    /// Puts a letter's record into `shard` again, as a new one. `false` if there is no such letter any more.
    pub(crate) async fn queue_retry(
        &self,
        names: &Names,
        shard: usize,
        letter: &Letter,
    ) -> Result<bool, Error> {
        let keys = [names.base.as_str(), &names.dead, &names.shards[shard].stream];
        let arguments = [letter.id.as_bytes(), letter.key.as_bytes(), &letter.payload];
        Ok(self.queue_number("XDEL and XADD", &RETRY, &keys, &arguments).await? == 1)
    }

    /// `false` if there is no such letter any more.
    pub(crate) async fn queue_remove(&self, names: &Names, letter: &Letter) -> Result<bool, Error> {
        const STEP: &str = "XDEL";
        let mut delete = Cmd::new();
        delete.arg(STEP).arg(&names.dead).arg(&letter.id);
        match self.send(STEP, &names.dead, &delete).await? {
            Value::Int(gone) => Ok(gone == 1),
            other => Err(self.queue_unexpected(STEP, &other)),
        }
    }
}

fn letter(entry: Value) -> Option<Letter> {
    let [id, content] = <[Value; 2]>::try_from(items(entry)?).ok()?;
    let mut letter = Letter { id: text(id)?, ..Letter::default() };
    for (name, value) in fields(content)? {
        match &*name {
            b"k" => letter.key = text(value)?,
            b"r" => letter.payload = bytes(value)?.into(),
            b"id" => letter.record = text(value)?,
            b"error" => letter.error = text(value)?,
            b"tries" => letter.tries = u32::try_from(number(value)?).unwrap_or(u32::MAX),
            _ => {}
        }
    }
    Some(letter)
}
