//! What expansions of the attributes use. Not for other use: it changes without notice.

use std::future::Future;
use std::sync::Arc;

pub use core::option::Option;
pub use core::result::Result;
pub use core::time::Duration;
pub use std::boxed::Box;

pub use crate::call::{After, ErrorProbe, Errors, Opaque, Probe, Returned, Shape, Whole, Write};
pub use crate::key::{Function, Key, KeyBuilder, KeyPart, Path, TagNames, path_of};
pub use crate::policy::{
    ByClone, Fails, Flight, Keeper, Kept, KeptByClone, LocalValue, Nullable, Policy, Way,
};

use crate::around;
use crate::cache::{Current, current, default, in_same_scope, with_current};
use crate::call::{self, Request};
use crate::codec::Codec;
use crate::local::Wanted;
use crate::policy::Shared;
use crate::{Cache, Entry};

/// A call, or an entry, as the attribute describes it.
pub struct Site<V> {
    /// Apart, as it is large, and the future of each call has it in more than one place.
    request: Box<Request<V>>,
    cache: Option<Cache>,
}

impl<V> Site<V> {
    /// Of the cache that is current where it is used.
    #[inline]
    pub fn new(function: &'static Function, key: Key, policy: Policy<V>) -> Self {
        let tags = TagNames::new();
        Self { request: Box::new(Request { function, key, tags, policy }), cache: None }
    }

    /// The cache, and what is asked of it.
    fn parts(self) -> (Current, Box<Request<V>>) {
        (self.cache.map_or_else(current, Current::Own), self.request)
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

/// What a call of a function with `local` looks for in this process.
pub struct Sought<'a, V> {
    key: &'a mut KeyBuilder,
    keeper: Keeper<V>,
    tags: Option<&'a TagNames>,
    cache: Option<&'a Cache>,
}

impl<'a, V> Sought<'a, V> {
    /// Of the cache that is current where it is looked for.
    #[inline]
    pub fn new(key: &'a mut KeyBuilder, keeper: Keeper<V>) -> Self {
        Self { key, keeper, tags: None, cache: None }
    }

    /// With the tags that the arguments name.
    #[inline]
    #[must_use]
    pub fn tags(mut self, tags: &'a TagNames) -> Self {
        self.tags = Some(tags);
        self
    }

    /// Of this cache.
    #[inline]
    #[must_use]
    pub fn cache(mut self, cache: &'a Cache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// The value that is kept, if it counts.
    #[inline(always)]
    pub fn find(self) -> Option<V> {
        let function = self.key.function();
        let tags = self.tags.map_or(&[][..], TagNames::bytes);
        let wanted = Wanted::new(function, self.key.complete()?, tags);
        (self.keeper.hand_out)(kept(self.cache, &wanted)?)
    }
}

fn kept(cache: Option<&Cache>, wanted: &Wanted<'_>) -> Option<Shared> {
    if around::is_nothing() {
        call::kept(cache.unwrap_or_else(|| default()).engine(), wanted)
    } else {
        kept_inside(cache, wanted)
    }
}

/// With more to look at, which is kept apart from the quick way.
#[inline(never)]
fn kept_inside(cache: Option<&Cache>, wanted: &Wanted<'_>) -> Option<Shared> {
    match cache {
        Some(cache) => call::kept_inside(cache.engine(), wanted),
        None => with_current(|cache| call::kept_inside(cache.engine(), wanted)),
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

    /// What a call returns that was kept.
    #[inline]
    pub fn of_kept(self, value: R::Value) -> R {
        R::from_value(value)
    }

    /// A memoized call. No `async fn`: that would hold all that it is given twice, on the stack as well.
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
        call::call(cache, request, errors, body)
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
        call::call_in_background(cache, request, errors, body)
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
    Entry::new(Arc::clone(cache.engine()), *site.request)
}
