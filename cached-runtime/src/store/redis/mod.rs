//! Slots in a Redis or Valkey server.

use std::fmt;
use std::time::Duration;

use ::redis::{Cmd, Value};
use bytes::Bytes;

use super::{Store, StoreFuture};
use crate::Error;

mod backoff;
mod breaker;
mod connect;
mod failure;
mod glob;
mod link;
mod script;
mod settings;
#[cfg(feature = "tls")]
mod tls;
mod version;

use failure::Failure;
use link::{Link, Retry};
use script::Script;
pub(crate) use settings::Settings;

/// Names asked for, and unlinked, in one command of a scan.
const BATCH: usize = 1000;

/// Reads a slot and lets a value, but nothing else, live on.
static GET_AND_RENEW: Script = Script::new(
    "local value = redis.call('GET', KEYS[1])
if value then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return value",
    "3fbea7a31ee6d075f750961aca0cd6bf9181471a",
);

/// A store in one Redis (7.0 or later) or Valkey (7.2 or later) server, over one connection that all calls share.
///
/// It connects at its first use and never fails for good: every step takes at most `op_timeout`; after five failures
/// in a row it answers at once with an error, while one background task tries to reach the server again.
///
/// [`CacheBuilder::redis`](crate::CacheBuilder::redis) makes one.
pub struct RedisStore {
    link: Link,
}

impl RedisStore {
    pub(crate) fn new(settings: Settings) -> Result<Self, Error> {
        Ok(Self { link: Link::new(settings)? })
    }

    async fn read(&self, slot: &str) -> Result<Option<Bytes>, Error> {
        let mut get = Cmd::with_capacity(2, slot.len() + 8);
        get.arg("GET").arg(slot);
        bulk(self.link.send("GET", slot, &get, Retry::Once).await)
            .map_err(|failure| self.link.error("GET", failure))
    }

    async fn renew(&self, slot: &str, ttl: Duration) -> Result<Option<Bytes>, Error> {
        let reply = GET_AND_RENEW.run(&self.link, slot, millis(ttl)).await;
        bulk(reply).map_err(|failure| self.link.error("GET and PEXPIRE", failure))
    }

    async fn write(&self, slot: &str, value: &[u8], ttl: Duration) -> Result<(), Error> {
        let mut set = Cmd::with_capacity(5, slot.len() + value.len() + 32);
        set.arg("SET").arg(slot).arg(value).arg("PX").arg(millis(ttl));
        self.send("SET", slot, &set).await.map(drop)
    }

    async fn unlink(&self, slots: &[impl ::redis::ToRedisArgs]) -> Result<u64, Error> {
        let mut unlink = Cmd::new();
        unlink.arg("UNLINK").arg(slots);
        match self.send("UNLINK", "", &unlink).await? {
            Value::Int(count) => Ok(u64::try_from(count).unwrap_or(0)),
            other => Err(self.link.error("UNLINK", Failure::unexpected(&other))),
        }
    }

    async fn left(&self, slot: &str) -> Result<Option<Duration>, Error> {
        let mut pttl = Cmd::new();
        pttl.arg("PTTL").arg(slot);
        match self.send("PTTL", slot, &pttl).await? {
            Value::Int(-1) => Ok(Some(Duration::MAX)),
            Value::Int(left) => {
                // -2 is an empty slot.
                Ok(u64::try_from(left).ok().map(Duration::from_millis))
            }
            other => Err(self.link.error("PTTL", Failure::unexpected(&other))),
        }
    }

    async fn scan_and_unlink(&self, prefix: &str) -> Result<u64, Error> {
        let pattern = glob::literal(prefix) + "*";
        let mut cursor = Bytes::from_static(b"0");
        let mut removed = 0;
        loop {
            let mut scan = Cmd::new();
            scan.arg("SCAN").arg(&*cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(BATCH);
            let reply = self.send("SCAN", "", &scan).await?;
            let (next, names) =
                scanned(reply).map_err(|failure| self.link.error("SCAN", failure))?;
            // Whatever the server takes the pattern for: nothing beyond the prefix is touched.
            let names: Vec<_> =
                names.into_iter().filter(|name| name.starts_with(prefix.as_bytes())).collect();
            if !names.is_empty() {
                removed += self.unlink(&names).await?;
            }
            if &*next == b"0" {
                return Ok(removed);
            }
            cursor = next;
        }
    }

    async fn send(&self, step: &'static str, slot: &str, command: &Cmd) -> Result<Value, Error> {
        self.link
            .send(step, slot, command, Retry::Never)
            .await
            .map_err(|failure| self.link.error(step, failure))
    }
}

/// Milliseconds as Redis counts them. A remainder is dropped: a value may end early, never late.
fn millis(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1)
}

/// The reply to a `GET`. A slot in which someone put a list holds no value: it is a miss, and `SET` replaces it.
fn bulk(reply: Result<Value, Failure>) -> Result<Option<Bytes>, Failure> {
    match reply {
        Ok(Value::BulkString(bytes)) => Ok(Some(Bytes::from(bytes))),
        Ok(Value::Nil) => Ok(None),
        Ok(other) => Err(Failure::unexpected(&other)),
        Err(failure) if failure.is_wrong_type() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The reply to a `SCAN`: the next cursor and some names.
fn scanned(reply: Value) -> Result<(Bytes, Vec<Vec<u8>>), Failure> {
    let Value::Array(parts) = reply else { return Err(Failure::unexpected(&reply)) };
    let Ok([Value::BulkString(cursor), Value::Array(names)]) = <[Value; 2]>::try_from(parts) else {
        return Err(Failure::unexpected(&Value::Nil));
    };
    let names = names.into_iter().filter_map(|name| match name {
        Value::BulkString(name) => Some(name),
        _ => None,
    });
    Ok((Bytes::from(cursor), names.collect()))
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("link", &self.link).finish()
    }
}

impl Store for RedisStore {
    fn get<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
        Box::pin(self.read(slot))
    }

    fn get_and_renew<'a>(&'a self, slot: &'a str, ttl: Duration) -> StoreFuture<'a, Option<Bytes>> {
        Box::pin(self.renew(slot, ttl))
    }

    fn set<'a>(&'a self, slot: &'a str, value: Bytes, ttl: Duration) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.write(slot, &value, ttl).await })
    }

    fn delete<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(async move { Ok(self.unlink(&[slot]).await? > 0) })
    }

    fn ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
        Box::pin(self.left(slot))
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a str) -> StoreFuture<'a, u64> {
        Box::pin(self.scan_and_unlink(prefix))
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        Box::pin(async { self.send("PING", "", &::redis::cmd("PING")).await.map(drop) })
    }

    fn describe(&self) -> String {
        self.link.server().to_owned()
    }

    fn is_away(&self) -> bool {
        self.link.is_open()
    }
}
