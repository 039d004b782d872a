//! Where slots live.

use std::cell::Cell;
use std::future::Future;
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

pub(crate) use bounded::Bounded;
pub use memory::MemoryStore;
#[cfg(feature = "redis")]
pub(crate) use misconfigured::Misconfigured;
#[cfg(feature = "redis")]
pub use redis::RedisStore;

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

/// The future of a step of a [`Store`].
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A place for slots: [`RedisStore`], [`MemoryStore`], or your own, given to
/// [`CacheBuilder::store`](crate::CacheBuilder::store).
///
/// A slot's name is UTF-8 text without white space or control characters, its value any bytes. Each step stands for
/// itself and may be called from many tasks at once. A step may be dropped half-way.
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
///     fn get_and_renew<'a>(&'a self, slot: &'a str, _ttl: Duration) -> StoreFuture<'a, Option<Bytes>> {
///         self.get(slot)
///     }
///     fn set<'a>(&'a self, _slot: &'a str, _value: Bytes, _ttl: Duration) -> StoreFuture<'a, ()> {
///         Box::pin(async { Ok(()) })
///     }
///     fn delete<'a>(&'a self, _slot: &'a str) -> StoreFuture<'a, bool> {
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

    /// As [`get`](Store::get), and the slot, if it has a value, now lives for `ttl` from now, in one step.
    fn get_and_renew<'a>(&'a self, slot: &'a str, ttl: Duration) -> StoreFuture<'a, Option<Bytes>>;

    /// Puts `value` into a slot, whatever was there, for `ttl`, which is at least a millisecond.
    fn set<'a>(&'a self, slot: &'a str, value: Bytes, ttl: Duration) -> StoreFuture<'a, ()>;

    /// Empties a slot. `true` if there was something in it.
    fn delete<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, bool>;

    /// How long a slot's value still lives: `None` for an empty slot, `Duration::MAX` for a value without an end
    /// (another program may have put one there).
    fn ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Duration>>;

    /// Empties every slot whose name starts with `prefix`, and no other; how many there were. Slots that are
    /// filled meanwhile may stay.
    ///
    /// It may take as long as it needs: only its single commands are bounded.
    fn delete_prefix<'a>(&'a self, prefix: &'a str) -> StoreFuture<'a, u64>;

    /// Asks the store whether it is there.
    fn ping(&self) -> StoreFuture<'_, ()>;

    /// Where the slots are, for people: in logs and in `Debug`. Never with a password.
    fn describe(&self) -> String {
        std::any::type_name::<Self>().to_owned()
    }

    /// A hint that calls to this store would fail at once, so that no key need be worked out for one.
    fn is_away(&self) -> bool {
        false
    }
}
