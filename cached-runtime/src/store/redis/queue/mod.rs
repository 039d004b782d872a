//! The steps of a write-behind queue (`docs/write-behind.md`): each is one script, so one round trip.
//!
//! Those of workers write when the server's memory is full, too (`allow-oom`): without them nothing would leave the queue.

use ::redis::Value;

use super::RedisStore;
use super::failure::Failure;
use super::script::Script;
use crate::Error;

mod dead;
mod flush;
mod names;
mod push;
mod read;
mod settle;
mod turn;

pub(crate) use dead::Letter;
pub(crate) use names::Names;
pub(crate) use push::{NewRecord, Put};
pub(crate) use read::{Found, Page, Read};
pub(crate) use settle::Grave;
pub(crate) use turn::{Asked, Holding, Turn};

impl RedisStore {
    /// Runs the script of a step on `keys`.
    async fn queue_step(
        &self,
        step: &'static str,
        script: &Script,
        keys: &[&str],
        arguments: &[&[u8]],
    ) -> Result<Value, Error> {
        script
            .run_on(&self.link, keys, arguments)
            .await
            .map_err(|failure| self.link.error(step, failure))
    }

    /// As [`queue_step`](Self::queue_step), for a script that answers a number.
    async fn queue_number(
        &self,
        step: &'static str,
        script: &Script,
        keys: &[&str],
        arguments: &[&[u8]],
    ) -> Result<i64, Error> {
        match self.queue_step(step, script, keys, arguments).await? {
            Value::Int(number) => Ok(number),
            other => Err(self.queue_unexpected(step, &other)),
        }
    }

    fn queue_unexpected(&self, step: &'static str, reply: &Value) -> Error {
        self.link.error(step, Failure::unexpected(reply))
    }
}

/// The items of an array.
fn items(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items),
        _ => None,
    }
}

/// A string's bytes.
fn bytes(value: Value) -> Option<Vec<u8>> {
    match value {
        Value::BulkString(bytes) => Some(bytes),
        _ => None,
    }
}

/// A string's text. What is no UTF-8 was written by others.
fn text(value: Value) -> Option<String> {
    bytes(value).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// A number, also one that Redis answers as a string, as it does for fields.
fn number(value: Value) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(number).ok(),
        other => text(other)?.parse().ok(),
    }
}

/// The fields of an entry of a stream.
fn fields(value: Value) -> Option<Vec<(Vec<u8>, Value)>> {
    let mut items = items(value)?.into_iter();
    let mut fields = Vec::new();
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        fields.push((bytes(name)?, value));
    }
    Some(fields)
}
