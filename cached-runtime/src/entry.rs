//! One entry, by hand.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;

use crate::Error;
use crate::cache::current;
use crate::call::{
    Engine, Invalidation, Offer, Request, Seen, Tagging, Target, freshness, look_up, offer,
};
use crate::codec::{Json, wire};
use crate::flight::Found;
use crate::key::Function;
use crate::policy::{Freshness, Policy};
use crate::store::{Store, Watched};

/// The cached result of one function for one set of arguments, from `get_user::entry(42)` or
/// `Repo::get_user_entry(42)`.
///
/// It is made from the same arguments as a call, without the skipped ones, and never runs the body. Unlike a call,
/// it tells when the store fails. With a disabled cache, it is always empty.
///
/// ```
/// # use cached_runtime::{Cache, redis_cache};
/// #[redis_cache(ttl = 300, prefix = "user")]
/// async fn user_name(id: u64) -> String { format!("user {id}") }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(Cache::in_memory().scope(async {
/// let entry = user_name::entry(42);
/// assert_eq!(entry.get().await?, None);
/// assert_eq!(user_name(42).await, "user 42");
/// assert_eq!(entry.get().await?.as_deref(), Some("user 42"));
/// entry.put(&"Ada".to_owned()).await?;
/// assert_eq!(user_name(42).await, "Ada");
/// entry.invalidate().await?;
/// assert_eq!(user_name(42).await, "user 42");
/// # Ok::<(), cached_runtime::Error>(()) })).unwrap();
/// ```
#[must_use = "an entry does nothing until one of its methods is called"]
pub struct Entry<T> {
    engine: Arc<Engine>,
    /// Or why there is none.
    slot: Result<Arc<str>, String>,
    tags: Tagging,
    /// `None` for an entry that was named by hand.
    function: Option<&'static Function>,
    policy: Policy<T>,
}

impl<T> Entry<T> {
    pub(crate) fn new(engine: Arc<Engine>, request: Request<T>) -> Self {
        let known = engine.functions.of(request.function);
        let tags = Tagging::new(&engine, &request);
        let slot = engine
            .slot(&request, &known)
            .and_then(|slot| tags.as_ref().map(|_| slot).map_err(String::clone));
        let tags = tags.unwrap_or_default();
        Self { engine, slot, tags, function: Some(request.function), policy: request.policy }
    }

    /// The name of the slot, as Redis knows it. Empty if the arguments are no key, as then the other methods tell.
    pub fn key(&self) -> &str {
        self.slot.as_deref().unwrap_or_default()
    }

    /// The cached value, if there is one that a call would return without running its body: a fresh one, or one that is
    /// served `stale_while_revalidate`. It does not renew a `sliding` entry.
    ///
    /// # Errors
    ///
    /// The store failed, or what is in the slot can't be decoded.
    pub async fn get(&self) -> Result<Option<T>, Error> {
        let (slot, Some(store)) = (self.slot()?, self.store()) else { return Ok(None) };
        if self.engine.doubts(slot) {
            self.delete(slot).await?;
        }
        for tags in self.engine.doubted_tags(self.tags.slots()).chunks(100) {
            self.engine.invalidate_tags(tags).await?;
        }
        let (seen, _) = look_up(store, slot, &self.tags, &self.policy).await?;
        let Seen::Value(found) = seen else { return Ok(None) };
        if matches!(freshness(&self.policy, &found), Freshness::IfError | Freshness::Over) {
            return Ok(None);
        }
        let codec = &self.policy.codec;
        wire::decode(codec, &found.bytes)
            .map(Some)
            .map_err(|source| Error::codec(slot, "decoded", codec.name, source))
    }

    /// Stores `value` as a fill would: by the function's options.
    ///
    /// A value that they do not let in (`cache_if`, `cache_none = false`) empties the slot, as what was there is no
    /// longer so.
    ///
    /// # Errors
    ///
    /// The store failed; or `value` has no encoding or one of more than `max_size`, and the slot is now empty.
    pub fn put<'a>(&'a self, value: &T) -> impl Future<Output = Result<(), Error>> + use<'a, T> {
        let offered = self.slot().and_then(|slot| self.offer(slot, value));
        async move {
            let (slot, Some(store)) = (self.slot()?, self.store()) else { return Ok(()) };
            match offered {
                Ok(Some(offer)) => {
                    let stored = self.set(store, slot, offer).await;
                    // A fill without a mark would not notice.
                    self.engine.board.overtake_slot(slot);
                    if stored.is_err() {
                        // What was there is no longer so, and the new value may not be there.
                        let _ = self.delete(slot).await;
                    } else {
                        self.engine.announce(&Invalidation::Entry(slot.to_owned()));
                    }
                    stored
                }
                Ok(None) => self.delete(slot).await,
                Err(error) => {
                    self.delete(slot).await?;
                    Err(error)
                }
            }
        }
    }

    /// Empties the slot: the next call runs the body.
    ///
    /// # Errors
    ///
    /// The store failed: the old value may still be there. This process reads around it and empties the slot once
    /// the store answers again; others may read it until then, or until its time is over.
    pub async fn invalidate(&self) -> Result<(), Error> {
        self.delete(self.slot()?).await
    }

    /// Makes the value stale from now on: the next call refills the slot, and where the function has
    /// `stale_while_revalidate` or `stale_if_error`, the value is still there for that. Without either, and while the
    /// slot is being filled, it is emptied.
    ///
    /// # Errors
    ///
    /// The store failed: as with [`invalidate`](Entry::invalidate), the slot is emptied later.
    pub async fn expire(&self) -> Result<(), Error> {
        let (slot, Some(store)) = (self.slot()?, self.store()) else { return Ok(()) };
        match expire(store, slot).await {
            Ok(true) => {
                self.engine.announce(&Invalidation::Entry(slot.to_owned()));
                Ok(())
            }
            // Deleting remembers what does not go through.
            Ok(false) | Err(_) => self.delete(slot).await,
        }
    }

    /// For how long the value is still fresh: zero for a stale one, `None` for an empty slot. `Duration::MAX` is a
    /// value without an end, that another program has put there.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub async fn ttl(&self) -> Result<Option<Duration>, Error> {
        let (slot, Some(store)) = (self.slot()?, self.store()) else { return Ok(None) };
        let found = if self.tags.is_empty() {
            store.get_with_ttl(slot).await?.filter(|(bytes, _)| !wire::is_lease(bytes))
        } else {
            match look_up(store, slot, &self.tags, &self.policy).await?.0 {
                Seen::Value(Found { bytes, left }) => Some((bytes, left)),
                Seen::Nothing | Seen::Lease(_) | Seen::Outdated(_) => None,
            }
        };
        let Some((bytes, left)) = found else { return Ok(None) };
        Ok(Some(match left {
            Duration::MAX => left,
            left => left.saturating_sub(wire::age(&bytes).window),
        }))
    }

    /// What a function that writes the entry has to know of it; `None` where there is no store.
    pub(crate) fn target(&self) -> Result<Option<Target>, Error> {
        let slot = self.slot()?.to_owned();
        let (engine, tags) = (Arc::clone(&self.engine), self.tags.clone());
        let life = self.policy.expected_life();
        Ok(self.store().map(|_| Target { engine, slot, tags, life }))
    }

    /// The bytes for `value`, if it is to be stored.
    pub(crate) fn offer(&self, slot: &str, value: &T) -> Result<Option<Offer>, Error> {
        offer(&self.engine, slot, &self.tags, &self.policy, value, Duration::ZERO)
    }

    /// Stores a value under the tags as they are now. While one of them is written, it empties the slot.
    async fn set(&self, store: &dyn Store, slot: &str, offer: Offer) -> Result<(), Error> {
        let life = self.policy.expected_life();
        let offer = self.engine.date_now(offer, &self.tags, life).await?;
        match offer {
            Some(Offer { value, ttl, .. }) => store.set(slot, value, ttl).await,
            None => self.delete(slot).await,
        }
    }

    pub(crate) fn slot(&self) -> Result<&str, Error> {
        let function = self.function.map_or("Entry::at", Function::path);
        self.slot.as_deref().map_err(|problem| Error::key(function, problem))
    }

    async fn delete(&self, slot: &str) -> Result<(), Error> {
        self.engine.delete(slot).await
    }

    fn store(&self) -> Option<&Watched> {
        self.engine.store.as_ref()
    }
}

impl<T: Serialize + DeserializeOwned> Entry<T> {
    /// The value under a name of your own, which services in other languages read and write as well: the Redis key is
    /// exactly `name`, without namespace and version, and the value is bare JSON, as `SET name json PX ttl` writes it. No
    /// function fills it, and neither [`Cache::clear`](crate::Cache::clear) nor `invalidate_prefix` touches it.
    ///
    /// `ttl` is for how long a value that is [put](Entry::put) here is kept; zero keeps none. It is in the cache that is
    /// current here; [`Cache::entry_at`](crate::Cache::entry_at) names another.
    ///
    /// An empty name is an error of the other methods ([`Error::is_key`]). A user with rights to some keys only needs
    /// those to this name.
    ///
    /// ```
    /// use std::time::Duration;
    /// use cached_runtime::{Cache, Entry};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(Cache::in_memory().scope(async {
    /// let cart = Entry::<Vec<String>>::at("cart:42", Duration::from_secs(3600));
    /// assert_eq!(cart.get().await?, None); // or what the shop, in PHP, has put there
    /// cart.put(&vec!["tea".to_owned()]).await?; // the shop reads `["tea"]`
    /// assert_eq!(cart.get().await?.unwrap(), ["tea"]);
    /// assert_eq!(cart.key(), "cart:42");
    /// # Ok::<(), cached_runtime::Error>(()) })).unwrap();
    /// ```
    pub fn at(name: impl Into<String>, ttl: Duration) -> Self {
        Self::named(Arc::clone(current().engine()), name.into(), ttl)
    }

    pub(crate) fn named(engine: Arc<Engine>, name: String, ttl: Duration) -> Self {
        let is_empty = name.is_empty();
        let slot = if is_empty { Err("the name is empty".to_owned()) } else { Ok(name.into()) };
        let policy = Policy::new::<Json>(ttl);
        Self { engine, slot, tags: Tagging::default(), function: None, policy }
    }
}

/// Cuts the time of a value to its stale window. The new mark keeps fills that are under way from committing what would
/// then count as fresh. `false` if there is nothing that can become stale.
async fn expire(store: &dyn Store, slot: &str) -> Result<bool, Error> {
    loop {
        let Some((bytes, left)) = store.get_with_ttl(slot).await? else { return Ok(false) };
        let window = wire::age(&bytes).window;
        let Some(marked) = wire::mark_anew(&bytes).filter(|_| !window.is_zero()) else {
            return Ok(false);
        };
        let ttl = left.min(window).max(Duration::from_millis(1));
        if store.set_if_starts(slot, &wire::start(&bytes), marked, ttl).await? {
            return Ok(true);
        }
    }
}

impl<T> fmt::Debug for Entry<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("key", &self.key()).finish_non_exhaustive()
    }
}
