//! Hearing what is published on a channel, over a connection of its own that is made again whenever it breaks.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use ::redis::aio::{PubSubSink, PubSubStream};
use ::redis::{Client, Msg, Value};
use bytes::Bytes;
use futures_core::Stream as _;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::backoff::Backoff;
use super::failure::Failure;
use super::settings::Settings;
use crate::store::subscription::{Feed, Subscription};

/// A connection that was silent for so long is asked whether it is still there.
const SILENCE: Duration = Duration::from_secs(2);

/// Returns when the channel is heard, or when the first attempt has failed; then it is tried again, and the
/// subscription begins with a gap.
///
/// # Errors
///
/// The server refuses it for good: there is no right to the channel, or the password is wrong.
pub(super) async fn subscribe(
    client: Client,
    settings: Settings,
    channel: String,
) -> Result<Subscription, Failure> {
    let (feed, subscription) = Subscription::new();
    let (begun, first) = oneshot::channel();
    let listener = Listener { client, settings, channel, feed };
    let subscription = subscription.hold(tokio::spawn(listener.run(begun)).abort_handle());
    // Without a word it has gone with its runtime.
    first.await.unwrap_or(Ok(())).map(|()| subscription)
}

struct Listener {
    client: Client,
    settings: Settings,
    channel: String,
    feed: Feed,
}

impl Listener {
    /// Until the subscription is dropped, and this with it.
    async fn run(self, begun: oneshot::Sender<Result<(), Failure>>) {
        let mut begun = Some(begun);
        let mut backoff = Backoff::new();
        loop {
            match self.connect().await {
                Ok((sink, stream)) => {
                    backoff = Backoff::new();
                    match begun.take() {
                        Some(begun) => drop(begun.send(Ok(()))),
                        None => drop(self.feed.missed()),
                    }
                    self.hear(sink, stream).await;
                }
                Err(failure) => {
                    let problem = failure.problem();
                    tracing::debug!(channel = self.channel, %problem, "invalidations can't be heard");
                    let is_final = failure.is_final() && begun.is_some();
                    let first = if is_final { Err(failure) } else { Ok(()) };
                    let _ = begun.take().map(|begun| begun.send(first));
                    if is_final {
                        return;
                    }
                }
            }
            sleep(backoff.next()).await;
        }
    }

    async fn connect(&self) -> Result<(PubSubSink, PubSubStream), Failure> {
        let connected = timeout(self.settings.connect_timeout(), async {
            let mut connection = self.client.get_async_pubsub().await?;
            connection.subscribe(&self.channel).await?;
            Ok(connection.split())
        });
        connected.await.unwrap_or(Err(Failure::Timeout))
    }

    /// Until the connection breaks, or is silent and does not answer.
    async fn hear(&self, mut sink: PubSubSink, mut stream: PubSubStream) {
        loop {
            match timeout(SILENCE, next(&mut stream)).await {
                Ok(Some(message)) => {
                    self.feed.send(Bytes::copy_from_slice(message.get_payload_bytes()));
                }
                Ok(None) => return,
                Err(_) => {
                    let asked = timeout(self.settings.op_timeout, sink.ping::<Value>()).await;
                    match asked.map(|reply| reply.map_err(Failure::from)) {
                        // An error is an answer: it may be that we have no right to ask.
                        Ok(Ok(_) | Err(Failure::Refused { .. })) => {}
                        _ => return,
                    }
                }
            }
        }
    }
}

async fn next(stream: &mut PubSubStream) -> Option<Msg> {
    poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
}
