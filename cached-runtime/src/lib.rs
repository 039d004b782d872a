//! Function memoization on Redis that never fails a call.
//!
//! Put [`#[redis_cache]`](redis_cache) on an `async fn`: call sites do not change, the error type does not change,
//! and Redis being slow, full, broken or absent never makes a call fail.
//!
//! ```
//! use cached_runtime::{Cache, Outcome, observe, redis_cache};
//!
//! #[redis_cache(ttl = 300, prefix = "user")]
//! async fn user_name(id: u64) -> Result<Option<String>, std::io::Error> {
//!     Ok((id == 42).then(|| "Ada".to_owned())) // the database, in earnest
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! # Cache::in_memory().scope(async {
//! let (name, outcome) = observe(user_name(42)).await;
//! assert_eq!((name?.as_deref(), outcome), (Some("Ada"), Outcome::Miss));
//! let (name, outcome) = observe(user_name(42)).await;
//! assert_eq!((name?.as_deref(), outcome), (Some("Ada"), Outcome::Hit));
//! user_name::entry(42).invalidate().await?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).await }).unwrap();
//! ```
//!
//! Without further ado the entries are in the Redis of the environment variable `REDIS_URL`, or in this process if
//! there is none; [`Cache::builder`] has the settings. The attribute's own page lists its options.
//!
//! # When data changes
//!
//! The function that writes says which calls it is about, or which [tags](redis_cache#tags); see [`cache_invalidate`] and
//! [`cache_put`]. By hand, [`Entry::invalidate`] and [`Cache::invalidate_tag`] do it.
//!
//! ```
//! use cached_runtime::{cache_invalidate, redis_cache};
//!
//! #[redis_cache(ttl = 300, tags = ["users"])]
//! async fn user_name(id: u64) -> String {
//!     format!("user {id}") // the database, in earnest
//! }
//!
//! #[cache_invalidate(user_name(id))]
//! async fn rename(id: u64, name: &str) -> Result<(), std::io::Error> {
//!     Ok(()) // the database, in earnest
//! }
//! ```
//!
//! # In the process
//!
//! With [`local`](redis_cache#values-in-the-process) the decoded value is kept in the process, too: an `Arc` is handed out
//! there in some 35 ns, without a copy. Redis tells when it changes.
//!
//! ```
//! use std::sync::Arc;
//!
//! use cached_runtime::{Cache, Outcome, observe, redis_cache};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct User {
//!     name: String,
//! }
//!
//! #[redis_cache(ttl = "5m", local = "30s")]
//! async fn get_user(id: u64) -> Result<Arc<User>, std::io::Error> {
//!     Ok(Arc::new(User { name: format!("user {id}") })) // the database, in earnest
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! # Cache::in_memory().scope(async {
//! for expected in [Outcome::Miss, Outcome::Hit, Outcome::LocalHit] {
//!     let (user, outcome) = observe(get_user(42)).await;
//!     assert_eq!((user?.name.as_str(), outcome), ("user 42", expected));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).await }).unwrap();
//! ```
//!
//! # Beside it
//!
//! Beside the cache stand [locks](Cache::lock), a stream of [invalidations](Cache::invalidations) and queues of writes
//! ([`WriteBehind`]).
//!
//! # Words
//!
//! An **entry** is the cached result of one function for one set of arguments; its **slot** is the one Redis key of
//! it; a **fill** is running the body because of a miss, and storing its result. A **store** is where slots live:
//! [`RedisStore`], [`MemoryStore`], or your own [`Store`].
//!
//! # Runtime
//!
//! A [`RedisStore`] needs a Tokio runtime with time and I/O enabled around the calls. Without one the calls run
//! their bodies. Its one connection belongs to the runtime that made it: a program with several runtimes that take
//! turns (rather than run side by side) gives each a [`Cache`] of its own.
//!
//! # Features
//!
//! `macros` (default): the attributes. `redis` (default): [`RedisStore`]. `tls`: `rediss://` URLs.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod around;
mod cache;
mod call;
mod clock;
pub mod codec;
mod duty;
mod entry;
mod error;
mod flight;
#[cfg(test)]
#[path = "flight/tests.rs"]
mod flight_tests;
mod key;
mod local;
mod observe;
mod policy;
mod store;
mod sync;
#[cfg(feature = "redis")]
mod write_behind;

pub use bytes::Bytes;
#[cfg(feature = "macros")]
pub use cached_macro::{cache_invalidate, cache_put, redis_cache};

pub use cache::{Cache, CacheBuilder, Invalidations, Lock, LockRequest};
pub use call::{Invalidation, bypass, observe, only_cached, refresh};
pub use entry::Entry;
pub use error::Error;
pub use observe::{Counts, Outcome, Stats};
#[cfg(feature = "redis")]
pub use store::RedisStore;
pub use store::{
    Feed, MemoryStore, Minted, OnReturn, Store, StoreFuture, Subscription, TagRead, Tagged,
    Tracked, Tracker,
};
#[cfg(feature = "redis")]
pub use write_behind::{
    Batch, DeadLetter, Record, RecordId, Worker, WriteBehind, WriteBehindBuilder,
};
