//! Where slots live.

use std::cell::Cell;
use std::future::{Future, ready};
use std::panic::catch_unwind;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;

use crate::Error;

mod bounded;
mod memory;
#[cfg(feature = "redis")]
mod misconfigured;
#[cfg(feature = "redis")]
pub(crate) mod redis;
mod shared;
mod subscription;
mod tagged;
pub(crate) mod tracker;
mod watched;
mod writes;

pub(crate) use bounded::Bounded;
pub use memory::MemoryStore;
#[cfg(feature = "redis")]
pub(crate) use misconfigured::Misconfigured;
#[cfg(feature = "redis")]
pub use redis::RedisStore;
pub(crate) use subscription::Heard;
pub use subscription::{Feed, Subscription};
pub use tagged::{Minted, TagRead, Tagged, Tracked};
pub use tracker::Tracker;
pub(crate) use watched::{Held, Watched};

/// Whether there is a Tokio runtime with timers around the caller: without one, timers and tasks panic.
pub(crate) fn has_clock() -> bool {
    thread_local! {
        /// Whether there was one on this thread: asking has its price.
        static SEEN: Cell<bool> = const { Cell::new(false) };
    }
    // The second question answers for the first as well, and costs more.
    if tokio::task::try_id().is_none() && Handle::try_current().is_err() {
        return false;
    }
    SEEN.get() || {
        // Tokio has no other way to ask.
        let timer = catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO)));
        SEEN.set(timer.is_ok());
        timer.is_ok()
    }
}

/// Whether the bytes of a slot are a lease, the right of one fill to it, rather than a value.
fn is_lease(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0x02)
}

/// The future of a step of a [`Store`].
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Makes up for what failed while a store was away: see [`Store::on_return`]. `None` once its cache is gone.
pub type OnReturn = Box<dyn Fn() -> Option<StoreFuture<'static, ()>> + Send + Sync>;

/// A place for slots: [`RedisStore`], [`MemoryStore`], or your own, given to
/// [`CacheBuilder::store`](crate::CacheBuilder::store).
///
/// A slot's name is UTF-8 text without white space or control characters, its value any bytes. Each step stands for
/// itself and may be called from many tasks at once. A step may be dropped half-way. A step that looks at a slot and
/// changes it does both as one: whatever others do to the slot comes before both or after both. A slot whose time is
/// over is empty for every step.
///
/// A store that wraps another hands on every step, and [`describe`](Store::describe),
/// [`is_away`](Store::is_away), [`on_return`](Store::on_return) and [`track`](Store::track) as well. `Arc<S>` is a store where `S` is one, so two caches can share it.
///
/// # Errors
///
/// A step that returns an error never fails a memoized call: the call runs its body. A store of your own makes
/// errors with [`Error::custom`]. It need not bound its steps: the cache gives each at most `op_timeout`.
///
/// # Examples
///
/// A store that keeps nothing:
///
/// ```
/// use std::time::Duration;
/// use cached_runtime::{Cache, Store, StoreFuture};
/// use bytes::Bytes;
///
/// struct Nowhere;
///
/// impl Store for Nowhere {
///     fn get<'a>(&'a self, _slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
///         Box::pin(async { Ok(None) })
///     }
///     fn get_with_ttl<'a>(&'a self, _slot: &'a str) -> StoreFuture<'a, Option<(Bytes, Duration)>> {
///         Box::pin(async { Ok(None) })
///     }
///     fn get_and_renew<'a>(&'a self, slot: &'a str, _ttl: Duration) -> StoreFuture<'a, Option<Bytes>> {
///         self.get(slot)
///     }
///     fn set<'a>(&'a self, _slot: &'a str, _value: Bytes, _ttl: Duration) -> StoreFuture<'a, ()> {
///         Box::pin(async { Ok(()) })
///     }
///     fn set_if_absent<'a>(
///         &'a self,
///         _slot: &'a str,
///         _value: Bytes,
///         _ttl: Duration,
///     ) -> StoreFuture<'a, Option<Bytes>> {
///         Box::pin(async { Ok(None) })
///     }
///     fn set_if_starts<'a>(
///         &'a self,
///         _slot: &'a str,
///         _start: &'a [u8],
///         _value: Bytes,
///         _ttl: Duration,
///     ) -> StoreFuture<'a, bool> {
///         Box::pin(async { Ok(false) })
///     }
///     fn delete<'a>(&'a self, _slot: &'a str) -> StoreFuture<'a, bool> {
///         Box::pin(async { Ok(false) })
///     }
///     fn delete_if_starts<'a>(&'a self, _slot: &'a str, _start: &'a [u8]) -> StoreFuture<'a, bool> {
///         Box::pin(async { Ok(false) })
///     }
///     fn ttl<'a>(&'a self, _slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
///         Box::pin(async { Ok(None) })
///     }
///     fn delete_prefix<'a>(&'a self, _prefix: &'a str) -> StoreFuture<'a, u64> {
///         Box::pin(async { Ok(0) })
///     }
///     fn ping(&self) -> StoreFuture<'_, ()> {
///         Box::pin(async { Ok(()) })
///     }
/// }
///
/// let cache = Cache::builder().store(Nowhere).build()?;
/// # Ok::<(), cached_runtime::Error>(())
/// ```
pub trait Store: Send + Sync + 'static {
    /// The bytes of a slot, or `None` where there are none or their time is over.
    fn get<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Bytes>>;

    /// As [`get`](Store::get), and how long the slot still lives: `Duration::MAX` where it has no end, zero where too
    /// little is left to tell.
    ///
    /// A store that can't tell both at one instant reads the time first, so that the bytes are never older than the
    /// time that comes with them. For bytes that came into the slot after the time was asked, it is `Duration::MAX`
    /// too, as they were written just now.
    fn get_with_ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<(Bytes, Duration)>>;

    /// As [`get`](Store::get), and the slot, if it has a value, now lives for `ttl` from now, in one step. A lease
    /// (bytes that begin with `02`) is returned all the same, but never lives longer for being read.
    fn get_and_renew<'a>(&'a self, slot: &'a str, ttl: Duration) -> StoreFuture<'a, Option<Bytes>>;

    /// Puts `value` into a slot, whatever was there, for `ttl`, which is at least a millisecond.
    fn set<'a>(&'a self, slot: &'a str, value: Bytes, ttl: Duration) -> StoreFuture<'a, ()>;

    /// Puts `value` into an empty slot, for `ttl`, in one step. `None` if it was empty and now has `value`; else what
    /// is in it, and nothing has changed.
    ///
    /// What can't be bytes (another program may have put a Redis list there) is removed, and counts as nothing.
    fn set_if_absent<'a>(
        &'a self,
        slot: &'a str,
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>>;

    /// Puts `value` into a slot, for `ttl`, only if the bytes in it begin with `start`, in one step. Whether it did.
    ///
    /// `start` is never empty. An empty slot begins with nothing.
    fn set_if_starts<'a>(
        &'a self,
        slot: &'a str,
        start: &'a [u8],
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, bool>;

    /// Empties a slot. `true` if there was something in it.
    fn delete<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, bool>;

    /// Empties a slot only if the bytes in it begin with `start`, which is never empty, in one step. Whether it did.
    fn delete_if_starts<'a>(&'a self, slot: &'a str, start: &'a [u8]) -> StoreFuture<'a, bool>;

    /// How long a slot's value still lives: `None` for an empty slot, `Duration::MAX` for a value without an end
    /// (another program may have put one there).
    fn ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Duration>>;

    /// Empties every slot whose name starts with `prefix`, and no other; how many there were. Slots that are
    /// filled meanwhile may stay.
    ///
    /// It may take as long as it needs: only its single commands are bounded.
    fn delete_prefix<'a>(&'a self, prefix: &'a str) -> StoreFuture<'a, u64>;

    /// Reads a slot and the slots of its tags. A slot that is to be renewed then lives for that long from now on, if it
    /// has a value, and those of the tags for at least as long; a lease is never renewed.
    ///
    /// The tags may be read after the slot, and not before it. Without a step of the store's own it takes several.
    fn get_tagged<'a>(&'a self, slot: &'a str, read: &'a TagRead) -> StoreFuture<'a, Tagged> {
        Box::pin(tagged::get_tagged(self, slot, read))
    }

    /// Has the store tell `tracker` of changes of what is read by [`get_tracked`](Store::get_tracked) from now on.
    ///
    /// Nothing that is kept counts until the store has said that changes are told: [`Tracker::trust`], or
    /// [`Tracker::trust_until`] again and again.
    ///
    /// A cache registers one, once, at its first call of a function with `local`. Several caches may share a store; those
    /// whose cache [is gone](Tracker::is_gone) can be dropped. By default nothing is told, and nothing is kept in the
    /// process but what is `untracked`.
    fn track(&self, _tracker: Tracker) {}

    /// As [`get_tagged`](Store::get_tagged), also for a slot without tags, and from now on the trackers are told when the
    /// slot, or that of one of its tags, changes, those that the value names included.
    ///
    /// A change that comes after the read must be told as such: told, if it is told at once, before a later read is
    /// answered. A store that can't do so at the moment says that the read
    /// [is not tracked](Tracked::is_tracked), as it does by default.
    fn get_tracked<'a>(&'a self, slot: &'a str, read: &'a TagRead) -> StoreFuture<'a, Tracked> {
        let tagged = self.get_tagged(slot, read);
        Box::pin(async move { Ok(Tracked { tagged: tagged.await?, is_tracked: false }) })
    }

    /// Finds what is in the slots of tags, and in that of their clock. An epoch lives for at least `ttl` from now on, and
    /// an empty slot gets one.
    ///
    /// Where the clock is as it was at an earlier call, no tag has been invalidated in between. Without a step of the
    /// store's own it takes several.
    fn mint<'a>(
        &'a self,
        clock: &'a str,
        tags: &'a [String],
        ttl: Duration,
    ) -> StoreFuture<'a, Minted> {
        Box::pin(tagged::mint(self, clock, tags, ttl))
    }

    /// Gives these tags new epochs, after the clock has changed.
    ///
    /// Without a step of the store's own it takes several.
    fn invalidate_tags<'a>(&'a self, clock: &'a str, tags: &'a [String]) -> StoreFuture<'a, ()> {
        Box::pin(tagged::invalidate_tags(self, clock, tags))
    }

    /// Puts the intent of a writer, known by its `token`, into a slot, for `ttl`: beside those of others that are there,
    /// else in the place of whatever is there.
    ///
    /// Without a step of the store's own it takes several.
    fn begin_write<'a>(
        &'a self,
        slot: &'a str,
        token: [u8; 16],
        ttl: Duration,
    ) -> StoreFuture<'a, ()> {
        Box::pin(writes::begin_write(self, slot, token, ttl))
    }

    /// Takes the intent of a writer out of a slot. If others are left, that is all. Else the slot is emptied, and so it
    /// is if there was no intent at all; but if there was this one, and no other has been there with it, `value` is put
    /// there for the time that comes with it. Whether it was.
    ///
    /// Without a step of the store's own it takes several.
    fn end_write<'a>(
        &'a self,
        slot: &'a str,
        token: [u8; 16],
        value: Option<(Bytes, Duration)>,
    ) -> StoreFuture<'a, bool> {
        Box::pin(writes::end_write(self, slot, token, value))
    }

    /// Takes a lock: puts `token` into an empty slot, for `ttl`, in one step, and answers a number that is higher than
    /// every one that was answered for this slot before. `None` if the slot is not empty, and nothing has changed.
    ///
    /// `fence` is a name beside the slot, for what it takes to know the last number. `token` is not empty and is never
    /// used again; the lock is renewed and given back by [`set_if_starts`](Store::set_if_starts) and
    /// [`delete_if_starts`](Store::delete_if_starts) with it.
    ///
    /// # Errors
    ///
    /// Without a step of the store's own: it has no locks.
    fn lock<'a>(
        &'a self,
        _slot: &'a str,
        _fence: &'a str,
        _token: &'a [u8],
        _ttl: Duration,
    ) -> StoreFuture<'a, Option<u64>> {
        let problem = format!("{} has no locks: its `Store::lock` is not written", self.describe());
        Box::pin(ready(Err(Error::custom(problem))))
    }

    /// Sends `message` to all who have [subscribed](Store::subscribe) to a channel, in all processes. There may be none.
    ///
    /// Without a step of the store's own nothing is sent.
    fn publish<'a>(&'a self, _channel: &'a str, _message: Bytes) -> StoreFuture<'a, ()> {
        Box::pin(ready(Ok(())))
    }

    /// Begins to hear what is [published](Store::publish) on a channel: all that is published after this has returned,
    /// or else the subscription tells that it has [missed](Feed::missed) something.
    ///
    /// # Errors
    ///
    /// The store refuses it for good. Without a step of the store's own: it has no events.
    fn subscribe<'a>(&'a self, _channel: &'a str) -> StoreFuture<'a, Subscription> {
        let problem =
            format!("{} has no events: its `Store::subscribe` is not written", self.describe());
        Box::pin(ready(Err(Error::custom(problem))))
    }

    /// Asks the store whether it is there.
    fn ping(&self) -> StoreFuture<'_, ()>;

    /// Where the slots are, for people: in logs and in `Debug`. Never with a password.
    fn describe(&self) -> String {
        std::any::type_name::<Self>().to_owned()
    }

    /// Has the store call `replay` each time when it can be used again after it was [away](Store::is_away), before it lets
    /// other steps through; by default it never does.
    ///
    /// A cache registers what makes up for the invalidations that failed. It takes steps of this store in the future that
    /// it returns, and in no other task, so the store can tell them from those that it still refuses; these must
    /// get through. If the future fails, the store is still away, and calls `replay` again when it next tries. Several
    /// caches may share a store: each `replay` is kept until it answers `None`.
    ///
    /// Without it the cache makes up for them in the background, soon after `is_away` has become false.
    fn on_return(&self, _replay: OnReturn) {}

    /// A hint that calls to this store would fail at once, so that no key need be worked out for one.
    fn is_away(&self) -> bool {
        false
    }

    /// The Redis behind it, for what only Redis can do: write-behind.
    #[doc(hidden)]
    #[cfg(feature = "redis")]
    fn redis(&self) -> Option<&RedisStore> {
        None
    }
}
