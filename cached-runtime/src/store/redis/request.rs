//! What a connection sends at once and waits for: one command, or a few in a pipeline.

use std::future::Future;

use ::redis::aio::MultiplexedConnection;
use ::redis::{Cmd, Pipeline, Value};

use super::failure::Failure;

/// Sent in one round trip. A type rather than an enum of both, so that a lone command pays nothing for pipelines.
pub(super) trait Request: Sync {
    /// Sends it and waits for the reply, without a bound. An error in a reply is a [`Failure`].
    fn send(
        &self,
        connection: &mut MultiplexedConnection,
    ) -> impl Future<Output = Result<Value, Failure>> + Send;
}

impl Request for Cmd {
    async fn send(&self, connection: &mut MultiplexedConnection) -> Result<Value, Failure> {
        Ok(connection.send_packed_command(self).await?.extract_error()?)
    }
}

/// The reply is the array of the commands' replies; one of them that is an error is the error of all.
impl Request for Pipeline {
    async fn send(&self, connection: &mut MultiplexedConnection) -> Result<Value, Failure> {
        let replies = connection.send_packed_commands(self, 0, self.len()).await?;
        Ok(Value::Array(replies).extract_error()?)
    }
}
