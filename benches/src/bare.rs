//! What a user would write by hand: one connection, bounded like ours, and `serde_json`.

use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::io::tcp::TcpSettings;
use redis::{AsyncConnectionConfig, Client, Cmd, IntoConnectionInfo, RedisResult, Value};

use crate::Record;

/// How long any step may take, on both sides.
pub const OP_TIMEOUT: Duration = Duration::from_secs(1);

/// A connection that all tasks share.
#[derive(Clone)]
pub struct Bare(MultiplexedConnection);

impl Bare {
    /// Connects.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub async fn connect(url: String) -> Self {
        let info = url.into_connection_info().expect("a URL");
        let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
        let config = AsyncConnectionConfig::new()
            .set_response_timeout(Some(OP_TIMEOUT))
            // As ours: of what was measured, the best for this client too.
            .set_pipeline_buffer_size(64);
        let client = Client::open(info).expect("a client");
        let connection = client.get_multiplexed_async_connection_with_config(&config).await;
        Self(connection.expect("a connection"))
    }

    /// One command, decoded.
    ///
    /// # Panics
    ///
    /// If the server fails, or holds something else there.
    pub async fn get(&mut self, slot: &str) -> Option<Record> {
        self.try_get(slot).await.expect("a reply")
    }

    /// One command, decoded.
    ///
    /// # Errors
    ///
    /// The server fails.
    ///
    /// # Panics
    ///
    /// If it holds something else there.
    pub async fn try_get(&mut self, slot: &str) -> RedisResult<Option<Record>> {
        let mut get = Cmd::new();
        get.arg("GET").arg(slot);
        Ok(match self.0.req_packed_command(&get).await? {
            Value::BulkString(bytes) => Some(serde_json::from_slice(&bytes).expect("a record")),
            _ => None,
        })
    }

    /// One command, encoded.
    ///
    /// # Panics
    ///
    /// If the server fails.
    pub async fn set(&mut self, slot: &str, record: &Record) {
        self.try_set(slot, record).await.expect("a reply");
    }

    /// One command, encoded.
    ///
    /// # Errors
    ///
    /// The server fails.
    ///
    /// # Panics
    ///
    /// If the record has no JSON.
    pub async fn try_set(&mut self, slot: &str, record: &Record) -> RedisResult<()> {
        let value = serde_json::to_vec(record).expect("JSON");
        let mut set = Cmd::new();
        set.arg("SET").arg(slot).arg(value).arg("PX").arg(3_600_000);
        self.0.req_packed_command(&set).await.map(drop)
    }

    /// Empties the server.
    ///
    /// # Panics
    ///
    /// If it fails.
    pub async fn clear(&mut self) {
        self.0.req_packed_command(&redis::cmd("FLUSHALL")).await.expect("a reply");
    }
}
