//! Emptying all slots whose names start alike.

use ::redis::{Cmd, Value};
use bytes::Bytes;

use super::super::failure::Failure;
use super::super::{RedisStore, glob};
use crate::Error;

/// Names asked for, and unlinked, in one command of a scan.
const BATCH: usize = 1000;

impl RedisStore {
    pub(in super::super) async fn scan_and_unlink(&self, prefix: &str) -> Result<u64, Error> {
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
