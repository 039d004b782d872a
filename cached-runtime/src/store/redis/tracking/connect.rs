//! Making a connection that tracks, and what it says of the server.

use ::redis::aio::MultiplexedConnection;
use ::redis::{Client, ErrorKind, ProtocolVersion, RedisError, cmd};

use super::super::connect::config;
use super::super::failure::Failure;
use super::super::request::Request;
use super::super::settings::Settings;
use super::super::version::Server;
use super::pushes::Pushes;

/// Connects in RESP3, as pushes need it. From now on Redis remembers what is read over this connection, and tells of the
/// first change of each after that.
pub(super) async fn connect(
    settings: &Settings,
    pushes: Pushes,
) -> Result<MultiplexedConnection, Failure> {
    let redis = settings.server.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    let client = Client::open(settings.server.clone().set_redis_settings(redis))?;
    let config = config().set_push_sender(pushes);
    let mut connection =
        client.get_multiplexed_async_connection_with_config(&config).await.map_err(failure)?;
    let mut track = cmd("CLIENT");
    track.arg("TRACKING").arg("ON");
    track.send(&mut connection).await?;
    Ok(connection)
}

/// Asks the server who it is. Its answer comes after all that it had to tell when it was asked.
///
/// # Errors
///
/// There is none, or it is not a primary: a replica hears of changes late.
pub(super) async fn ask(connection: &mut MultiplexedConnection) -> Result<(), Failure> {
    // Without arguments it changes nothing, and whoever has no other right has this one.
    let reply = cmd("HELLO").send(connection).await?;
    let Some(server) = Server::of_hello(&reply) else { return Err(Failure::unexpected(&reply)) };
    if !server.is_new_enough() {
        return Err(Failure::Old(server.describe().into()));
    }
    if !server.is_primary() {
        return Err(Failure::Lost("it is not a primary".into()));
    }
    Ok(())
}

/// A server that knows no RESP3 refuses it.
fn failure(error: RedisError) -> Failure {
    if error.kind() == ErrorKind::RESP3NotSupported {
        let problem = "it has no RESP3".into();
        return Failure::Refused { code: "NOPROTO".into(), problem };
    }
    error.into()
}
