//! What expansions of the attributes use. Not for other use: it changes without notice.

use std::future::Future;
use std::sync::Arc;

pub use core::option::Option;
pub use core::time::Duration;
pub use std::boxed::Box;

pub use crate::call::{After, ErrorProbe, Errors, Opaque, Probe, Returned, Shape, Whole, Write};
pub use crate::key::{Function, Key, KeyBuilder, KeyPart, Path, TagNames, path_of};
pub use crate::policy::{
    ByClone, Fails, Flight, Keeper, Kept, KeptByClone, LocalValue, Nullable, Policy, Way,
};

use crate::cache::{Current, current, in_same_scope};
use crate::call::{self, Request};
use crate::codec::Codec;
use crate::{Cache, Entry};

/// A call, or an entry, as the attribute describes it.
pub struct Site<V> {
    request: Request<V>,
    cache: Option<Cache>,
}

impl<V> Site<V> {
    /// Of the cache that is current where it is used.
    pub fn new(function: &'static Function, key: Key, policy: Policy<V>) -> Self {
        let tags = TagNames::new();
        Self { request: Request { function, key, tags, policy }, cache: None }
    }

    /// The cache, and what is asked of it: apart, as the future of each call has it in more than one place.
    fn parts(self) -> (Current, Box<Request<V>>) {
        (self.cache.map_or_else(current, Current::Own), Box::new(self.request))
    }

    /// With the tags that the arguments name.
    #[must_use]
    pub fn tags(mut self, tags: TagNames) -> Self {
        self.request.tags = tags;
        self
    }

    /// Of this cache.
    #[must_use]
    pub fn cache(mut self, cache: &Cache) -> Self {
        self.cache = Some(cache.clone());
        self
    }
}

impl<R: Returned<FALLIBLE>, const FALLIBLE: bool> Shape<R, FALLIBLE> {
    /// Values are fresh for `ttl`.
    pub fn policy<C: Codec<R::Value>>(self, ttl: Duration) -> Policy<R::Value> {
        Policy::new::<C>(ttl)
    }

    /// Each value is fresh for as long as `ttl` says of it.
    pub fn policy_with<C: Codec<R::Value>>(
        self,
        ttl: fn(&R::Value) -> Duration,
    ) -> Policy<R::Value> {
        Policy::new_with::<C>(ttl)
    }

    /// What is cached, to ask how it is kept in the process.
    pub fn value(self) -> Kept<R::Value> {
        Kept::new()
    }

    /// What this process keeps of a call, if it counts: of a function with `local`.
    #[inline]
    pub fn kept(self, site: &Site<R::Value>) -> Option<R::Value> {
        match &site.cache {
            Some(cache) => call::kept(cache.engine(), &site.request),
            None => call::kept(current().engine(), &site.request),
        }
    }

    /// What a call returns that was kept.
    #[inline]
    pub async fn hand_out(self, value: R::Value) -> R {
        call::let_others_run().await;
        R::from_value(value)
    }

    /// A memoized call. No `async fn`: that would hold all that it is given twice.
    pub fn call<F, Fut>(
        self,
        site: Site<R::Value>,
        errors: Errors<R>,
        body: F,
    ) -> impl Future<Output = R>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = R>,
    {
        let (cache, request) = site.parts();
        async move { call::call(cache.engine(), request, errors, body).await }
    }

    /// A call of a function that writes.
    pub async fn write<F, Fut, A>(self, write: Write, body: F, after: A) -> R
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = R>,
        A: FnOnce(&R::Value, &mut After),
    {
        call::write(write, body, after).await
    }

    /// A memoized call that may leave its body to a task of its own.
    pub fn call_in_background<F, Fut>(
        self,
        site: Site<R::Value>,
        errors: Errors<R>,
        body: F,
    ) -> impl Future<Output = R>
    where
        R: 'static,
        R::Value: 'static,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = R> + Send + 'static,
    {
        let (cache, request) = site.parts();
        // The body's own calls use the cache that they would in the call.
        let body = in_same_scope(body);
        async move { call::call_in_background(cache.engine(), request, errors, body).await }
    }
}

/// An argument that a refill in the background can take along.
#[diagnostic::on_unimplemented(
    message = "`stale_while_revalidate` refills in the background, and `{Self}` can't go there: it is not `Send + 'static`",
    label = "the body keeps this argument while it runs in a task of its own",
    note = "take something that is owned and `Send`, such as an `Arc`",
    note = "or use `stale_if_error` or `early_refresh`, which refill in the call"
)]
pub trait Background: Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> Background for T {}

/// Checks an argument of a function with `stale_while_revalidate`.
pub fn into_background<T: Background>(_argument: &T) {}

/// The entry of a call.
pub fn entry<V>(site: Site<V>) -> Entry<V> {
    let cache = site.cache.map_or_else(current, Current::Own);
    Entry::new(Arc::clone(cache.engine()), site.request)
}
