//! From a store that hears messages on a channel to the one who wants them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::sync::mpsc;
#[cfg(feature = "redis")]
use tokio::task::AbortHandle;

/// Messages that wait for a slow subscriber. What comes on top is missed, and that is told.
const ROOM: usize = 1024;

/// What is heard on one channel of a [`Store`](super::Store), from now on.
pub struct Subscription {
    /// `None` is a gap.
    receiver: mpsc::Receiver<Option<Bytes>>,
    missed: Arc<AtomicBool>,
    #[cfg(feature = "redis")]
    task: Option<AbortHandle>,
}

/// The store's end of a [`Subscription`].
pub struct Feed {
    sender: mpsc::Sender<Option<Bytes>>,
    missed: Arc<AtomicBool>,
}

/// What a [`Subscription`] has heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    Message(Bytes),
    /// There may have been others, too.
    Gap,
}

impl Subscription {
    /// A subscription, and the end that its store speaks into.
    pub fn new() -> (Feed, Self) {
        let (sender, receiver) = mpsc::channel(ROOM);
        let missed = Arc::new(AtomicBool::new(false));
        let feed = Feed { sender, missed: Arc::clone(&missed) };
        #[cfg(feature = "redis")]
        return (feed, Self { receiver, missed, task: None });
        #[cfg(not(feature = "redis"))]
        (feed, Self { receiver, missed })
    }

    /// Ends this task with the subscription.
    #[cfg(feature = "redis")]
    pub(super) fn hold(mut self, task: AbortHandle) -> Self {
        self.task = Some(task);
        self
    }

    /// `None` when the store's end is gone.
    pub(crate) fn poll_heard(&mut self, cx: &mut Context<'_>) -> Poll<Option<Heard>> {
        if self.missed.swap(false, Ordering::AcqRel) {
            return Poll::Ready(Some(Heard::Gap));
        }
        let heard = ready!(self.receiver.poll_recv(cx));
        Poll::Ready(heard.map(|message| message.map_or(Heard::Gap, Heard::Message)))
    }
}

impl Feed {
    /// Hands on a message. `false` if nobody wants it any more.
    pub fn send(&self, message: Bytes) -> bool {
        self.push(Some(message))
    }

    /// Tells that messages may have been missed. `false` if nobody wants to know any more.
    pub fn missed(&self) -> bool {
        self.push(None)
    }

    /// Whether anybody still wants to hear.
    pub(super) fn is_wanted(&self) -> bool {
        !self.sender.is_closed()
    }

    fn push(&self, message: Option<Bytes>) -> bool {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.sender.try_send(message) {
            self.missed.store(true, Ordering::Release);
            // Wakes a subscriber that has taken all the others since.
            let _ = self.sender.try_send(None);
        }
        self.is_wanted()
    }
}

#[cfg(feature = "redis")]
impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test]
    async fn a_slow_subscriber_is_told_that_it_missed_some() {
        let (feed, mut subscription) = Subscription::new();
        for number in 0..ROOM + 10 {
            assert!(feed.send(number.to_string().into()));
        }
        let mut heard = async || poll_fn(|cx| subscription.poll_heard(cx)).await;
        assert_eq!(heard().await, Some(Heard::Gap));
        for number in 0..ROOM {
            assert_eq!(heard().await, Some(Heard::Message(number.to_string().into())));
        }
        feed.send("x".into());
        assert_eq!(heard().await, Some(Heard::Message("x".into())));
        assert!(feed.missed());
        assert_eq!(heard().await, Some(Heard::Gap));
        drop(feed);
        assert_eq!(heard().await, None);
        let (feed, subscription) = Subscription::new();
        drop(subscription);
        assert!(!feed.send("x".into()));
    }
}
