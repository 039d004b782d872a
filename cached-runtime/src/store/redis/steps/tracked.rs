//! Reads of which Redis tells when they are out of date.

use std::time::Instant;

use ::redis::aio::MultiplexedConnection;
use ::redis::{Pipeline, cmd};
use tokio::time::timeout;

use super::super::RedisStore;
use super::super::failure::Failure;
use super::super::request::Request as _;
use super::read::timed;
use super::tagged::{contents, tagged, with};
use crate::Error;
use crate::codec::wire;
use crate::store::{TagRead, Tagged, Tracked, has_clock};

impl RedisStore {
    /// Over the connection that tracks; if there is none, or it does not answer soon, over the other one.
    pub(in super::super) async fn read_tracked(
        &self,
        slot: &str,
        read: &TagRead,
    ) -> Result<Tracked, Error> {
        let began = Instant::now();
        // What is renewed changes by that, and would be told of.
        let can_track = read.renew.is_none() && !self.link.is_open() && has_clock();
        if can_track && let Some(tagged) = self.read_over_tracking(slot, read).await {
            return Ok(Tracked { tagged, is_tracked: true });
        }
        let waited = began.elapsed();
        let tagged = if waited < self.tracking.share() {
            self.read_untracked(slot, read).await?
        } else {
            let rest = self.link.op_timeout().saturating_sub(waited);
            let found = timeout(rest, self.read_untracked(slot, read)).await;
            found.unwrap_or_else(|_| Err(self.link.error("PTTL and GET", Failure::Timeout)))?
        };
        Ok(Tracked { tagged, is_tracked: false })
    }

    async fn read_untracked(&self, slot: &str, read: &TagRead) -> Result<Tagged, Error> {
        if read.tags.is_empty() && !read.names_tags && read.renew.is_none() {
            let found = self.read_with_ttl(slot).await?;
            return Ok(Tagged { found, tags: Vec::new() });
        }
        self.read_tagged(slot, read).await
    }

    /// Without scripts: of what these read, Redis 7.0 tracks only what is named among their keys.
    async fn read_over_tracking(&self, slot: &str, read: &TagRead) -> Option<Tagged> {
        let mut both = Pipeline::with_capacity(2);
        both.cmd("PTTL").arg(slot);
        if read.tags.is_empty() {
            both.cmd("GET").arg(slot);
        } else {
            both.cmd("MGET").arg(with(slot, &read.tags));
        }
        let read = async move |mut connection: MultiplexedConnection| {
            let reply = both.send(&mut connection).await;
            let mut found = if read.tags.is_empty() {
                Tagged { found: timed(reply)?, tags: Vec::new() }
            } else {
                tagged(reply?, 1 + read.tags.len())?
            };
            let named = match &found.found {
                Some((bytes, _)) if read.names_tags => wire::tags(bytes).unwrap_or_default().named,
                _ => Vec::new(),
            };
            if !named.is_empty() {
                let names: Vec<_> = named.into_iter().map(|(name, _)| name).collect();
                let reply = cmd("MGET").arg(&names).send(&mut connection).await?;
                found.tags.extend(contents(reply, names.len())?);
            }
            Ok(found)
        };
        self.tracking.read(read).await
    }
}
