//! Making one connection, and asking whether it is of use.

use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, Client, Cmd, cmd};
use tokio::time::timeout;

use super::failure::Failure;
use super::request::Request;
use super::settings::Settings;
use super::version::Server;

/// Commands that wait in the connection's queue. More tasks than this wait in turn to hand theirs over, within
/// `op_timeout`. With 1,024 a hit takes some 6 % longer where client and server share a processor; 32 and 50 are no better.
const QUEUE: usize = 64;

/// Whoever uses the connection bounds each command.
pub(super) fn config() -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(None)
        .set_pipeline_buffer_size(QUEUE)
}

/// Connects, authenticates, and refuses a server that is too old.
pub(super) async fn connect(
    client: &Client,
    settings: &Settings,
) -> Result<MultiplexedConnection, Failure> {
    let config = config();
    let connected = timeout(settings.connect_timeout(), async {
        let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        check_version(&mut connection).await?;
        Ok(connection)
    });
    connected.await.unwrap_or(Err(Failure::Timeout))
}

/// Whether the server serves reads, as [`connect`] alone can't tell: it may be loading, or not let us read.
pub(super) async fn probe(
    connection: &mut MultiplexedConnection,
    slot: &str,
    limit: Duration,
) -> Result<(), Failure> {
    let mut get = Cmd::new();
    get.arg("GET").arg(slot);
    match timeout(limit, get.send(connection)).await {
        Ok(Err(failure)) if failure.is_of_the_server() => Err(failure),
        Ok(_) => Ok(()),
        Err(_) => Err(Failure::Timeout),
    }
}

async fn check_version(connection: &mut MultiplexedConnection) -> Result<(), Failure> {
    match cmd("HELLO").send(connection).await {
        Ok(reply) => match Server::of_hello(&reply) {
            Some(server) if !server.is_new_enough() => Err(Failure::Old(server.describe().into())),
            _ => Ok(()),
        },
        // Without the right to ask, a server is taken at its word when it answers the rest.
        Err(Failure::Refused { code, .. }) if *code == *"NOPERM" => Ok(()),
        // `HELLO` without a version is as old as Redis 6.2.
        Err(Failure::Refused { code, .. }) if *code == *"ERR" => {
            Err(Failure::Old("a server without `HELLO`, older than Redis 6.2,".into()))
        }
        Err(failure) => Err(failure),
    }
}
