//! Telling others, and hearing from them.

use ::redis::{Cmd, cmd};

use super::super::RedisStore;
use super::super::link::{PUBLISH, Retry};
use super::super::subscription::subscribe;
use crate::Error;
use crate::store::{Subscription, has_clock};

impl RedisStore {
    pub(in super::super) async fn tell(&self, channel: &str, message: &[u8]) -> Result<(), Error> {
        let mut publish = Cmd::with_capacity(3, channel.len() + message.len() + 16);
        publish.arg(PUBLISH).arg(channel).arg(message);
        self.send(PUBLISH, "", &publish).await.map(drop)
    }

    pub(in super::super) async fn hear(&self, channel: &str) -> Result<Subscription, Error> {
        const STEP: &str = "SUBSCRIBE";
        // Whether there is a runtime, and whether the server is too old: a subscription can't ask for its version.
        let asked = self.link.send("PING", "", &cmd("PING"), Retry::Once).await;
        if let Err(failure) = asked
            && (failure.is_final() || !has_clock())
        {
            return Err(self.link.error(STEP, failure));
        }
        let (client, settings) = self.link.source();
        let subscribed = subscribe(client, settings, channel.to_owned()).await;
        subscribed.map_err(|failure| self.link.error(STEP, failure))
    }
}
