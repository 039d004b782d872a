//! Hearing what is invalidated, in all processes.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::Cache;
use crate::Error;
use crate::call::Invalidation;
use crate::store::{Heard, Store as _, Subscription};

impl Cache {
    /// What is invalidated from now on, by any process that uses this store, namespace and version, this one
    /// included: for programs that keep something of their own that is made from entries.
    ///
    /// Redis is heard over a connection of its own. When that breaks, it is made again, and
    /// [`Invalidation::Gap`] tells that something may have been missed; so it does first of all if Redis could not be
    /// reached at the beginning, and to a reader that is more than 1,024 events behind. A connection that is silently
    /// dead is noticed after two seconds and `op_timeout`.
    ///
    /// An event comes after the invalidation, soon and not at once. It is sent once, by the process that
    /// invalidated: if that dies in between, or can't reach Redis any more, the event is lost. So give what you keep
    /// an end of its own as well.
    ///
    /// ```
    /// # use cached_runtime::{Cache, Invalidation, redis_cache};
    /// #[redis_cache(ttl = 300)]
    /// async fn page(id: u64) -> String { format!("page {id}") }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(Cache::in_memory().scope(async {
    /// let mut invalidations = Cache::current().invalidations().await?;
    /// page::entry(42).invalidate().await?;
    /// let key = page::entry(42).key().to_owned();
    /// assert_eq!(invalidations.next().await, Some(Invalidation::Entry(key)));
    /// # Ok::<(), cached_runtime::Error>(()) })).unwrap();
    /// ```
    ///
    /// A disabled cache has no events; `next` waits for ever.
    ///
    /// # Errors
    ///
    /// The user has no right to the channel, or no right to Redis at all; a setting is wrong; or the store, one of your
    /// own, has no events. That Redis is away is no error.
    pub async fn invalidations(&self) -> Result<Invalidations, Error> {
        let subscription = match &self.engine.store {
            Some(store) => Some(store.subscribe(&self.engine.channel()).await?),
            None => None,
        };
        Ok(Invalidations { subscription })
    }
}

/// A stream of what is invalidated: see [`Cache::invalidations`]. Dropped, it ends its connection.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Invalidations {
    /// `None` for a disabled cache.
    subscription: Option<Subscription>,
}

impl Invalidations {
    /// The next event. `None` when there will be none any more, as the Tokio runtime on which this was made has ended.
    ///
    /// Dropped while it waits, it loses nothing.
    pub async fn next(&mut self) -> Option<Invalidation> {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Invalidation>> {
        let Some(subscription) = &mut self.subscription else { return Poll::Pending };
        Poll::Ready(ready!(subscription.poll_heard(cx)).map(|heard| match heard {
            Heard::Message(message) => Invalidation::of_message(&message),
            Heard::Gap => Invalidation::Gap,
        }))
    }
}

impl Stream for Invalidations {
    type Item = Invalidation;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Invalidation>> {
        self.get_mut().poll(cx)
    }
}

impl fmt::Debug for Invalidations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invalidations").finish_non_exhaustive()
    }
}

#[cfg(test)]
#[tokio::test]
async fn it_is_a_stream_that_can_be_sent() {
    fn stream(stream: impl Stream<Item = Invalidation> + Send + Unpin + 'static) -> impl Stream {
        stream
    }
    let cache = Cache::in_memory();
    let mut invalidations = stream(cache.invalidations().await.unwrap());
    cache.clear().await.unwrap();
    assert!(poll_fn(|cx| Pin::new(&mut invalidations).poll_next(cx)).await.is_some());
}
