//! Messages between the caches of one store.

use std::collections::HashMap;

use bytes::Bytes;

use crate::store::subscription::{Feed, Subscription};
use crate::sync::{Mutex, lock};

/// By channel.
#[derive(Default)]
pub(super) struct Channels(Mutex<HashMap<String, Vec<Feed>>>);

impl Channels {
    pub(super) fn publish(&self, channel: &str, message: &Bytes) {
        let mut channels = lock(&self.0);
        let Some(feeds) = channels.get_mut(channel) else { return };
        feeds.retain(|feed| feed.send(message.clone()));
        if feeds.is_empty() {
            channels.remove(channel);
        }
    }

    pub(super) fn subscribe(&self, channel: &str) -> Subscription {
        let (feed, subscription) = Subscription::new();
        let mut channels = lock(&self.0);
        let feeds = channels.entry(channel.to_owned()).or_default();
        feeds.retain(Feed::is_wanted);
        feeds.push(feed);
        subscription
    }
}
