//! What an attribute's options say of storing a value: for how long, in which format, and whether at all; and of
//! filling its slot: by whom, and for how long.

use std::time::Duration;

use crate::codec::{Codec, CodecOf};
use crate::key::TagNames;

mod local;
mod sharing;
mod staleness;

pub use local::{ByClone, Keeper, Kept, KeptByClone, LocalValue, Way};
pub(crate) use local::{Local, Shared};
pub use sharing::Flight;
pub(crate) use sharing::Sharing;
pub(crate) use staleness::{Freshness, Staleness};

/// Longer lifetimes are cut to this, a hundred years: Redis counts milliseconds since 1970 in 63 bits.
pub(crate) const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// The options of one function, for its cached value of type `V`.
pub struct Policy<V> {
    ttl: Ttl<V>,
    jitter: f64,
    sliding: bool,
    none: Option<NoneRule<V>>,
    cache_if: Option<fn(&V) -> bool>,
    max_size: Option<usize>,
    result_tags: Option<fn(&V, &mut TagNames)>,
    pub(crate) staleness: Staleness,
    pub(crate) sharing: Sharing,
    /// `None` where values are not kept in the process.
    pub(crate) local: Option<Local<V>>,
    pub(crate) codec: CodecOf<V>,
}

/// For how long a value is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lifetime {
    /// How long it is fresh.
    pub(crate) fresh: Duration,
    /// How long it stays readable after that.
    pub(crate) window: Duration,
}

impl Lifetime {
    /// How long its slot lives.
    pub(crate) fn whole(self) -> Duration {
        self.fresh.saturating_add(self.window).min(LONGEST)
    }
}

enum Ttl<V> {
    Fixed(Duration),
    Of(fn(&V) -> Duration),
}

struct NoneRule<V> {
    is_none: fn(&V) -> bool,
    /// `None`: not cached at all.
    ttl: Option<Duration>,
}

/// A cached value that can be `None`: what `cache_none` and `none_ttl` are about.
#[diagnostic::on_unimplemented(
    message = "`cache_none` and `none_ttl` need a function that returns an `Option`, or a `Result` of one",
    label = "`{Self}` is never `None`: leave the option out"
)]
pub trait Nullable {
    /// Whether the value is `None`.
    fn is_none(&self) -> bool;
}

impl<T> Nullable for Option<T> {
    fn is_none(&self) -> bool {
        self.is_none()
    }
}

/// A function that can fail: what `stale_if_error` is about.
#[diagnostic::on_unimplemented(
    message = "`stale_if_error` needs a function that returns a `Result`",
    label = "this function never fails: leave the option out, or use `stale_while_revalidate`"
)]
pub trait Fails {}

impl<V> Policy<V> {
    /// Values are fresh for `ttl`.
    pub fn new<C: Codec<V>>(ttl: Duration) -> Self {
        Self::with::<C>(Ttl::Fixed(ttl))
    }

    /// Each value is fresh for as long as `ttl` says of it.
    pub fn new_with<C: Codec<V>>(ttl: fn(&V) -> Duration) -> Self {
        Self::with::<C>(Ttl::Of(ttl))
    }

    fn with<C: Codec<V>>(ttl: Ttl<V>) -> Self {
        Self {
            ttl,
            jitter: 0.0,
            sliding: false,
            none: None,
            cache_if: None,
            max_size: None,
            result_tags: None,
            staleness: Staleness::default(),
            sharing: Sharing::default(),
            local: None,
            codec: CodecOf::of::<C>(),
        }
    }

    /// Shortens each value's time, that which it is stale included, by a random part of up to `fraction` of it.
    #[must_use]
    pub fn ttl_jitter(mut self, fraction: f64) -> Self {
        self.jitter = fraction;
        self
    }

    /// Every hit renews the time.
    #[must_use]
    pub fn sliding(mut self) -> Self {
        self.sliding = true;
        self
    }

    /// `None` is not cached.
    #[must_use]
    pub fn skip_none(mut self) -> Self
    where
        V: Nullable,
    {
        self.none = Some(NoneRule { is_none: V::is_none, ttl: None });
        self
    }

    /// `None` is cached for `ttl`.
    #[must_use]
    pub fn none_ttl(mut self, ttl: Duration) -> Self
    where
        V: Nullable,
    {
        self.none = Some(NoneRule { is_none: V::is_none, ttl: Some(ttl) });
        self
    }

    /// Only values that satisfy `predicate` are cached.
    #[must_use]
    pub fn cache_if(mut self, predicate: fn(&V) -> bool) -> Self {
        self.cache_if = Some(predicate);
        self
    }

    /// Longer encodings are not stored.
    #[must_use]
    pub fn max_size(mut self, bytes: usize) -> Self {
        self.max_size = Some(bytes);
        self
    }

    /// The value names these tags.
    #[must_use]
    pub fn result_tags(mut self, name: fn(&V, &mut TagNames)) -> Self {
        self.result_tags = Some(name);
        self
    }

    /// For `window` after `ttl`, a call gets the stale value at once, and the slot is refilled in the background.
    #[must_use]
    pub fn stale_while_revalidate(mut self, window: Duration) -> Self {
        self.staleness.while_revalidate = window.min(LONGEST);
        self
    }

    /// For `window` after `ttl`, a call whose body fails gets the stale value.
    #[must_use]
    pub fn stale_if_error<S: Fails>(mut self, _shape: S, window: Duration) -> Self {
        self.staleness.if_error = window.min(LONGEST);
        self
    }

    /// Now and then a call refills before `ttl` is over: XFetch with this beta.
    #[must_use]
    pub fn early_refresh(mut self, beta: f64) -> Self {
        self.staleness.early = beta;
        self
    }

    /// Who shares a fill.
    #[must_use]
    pub fn flight(mut self, flight: Flight) -> Self {
        self.sharing.flight = flight;
        self
    }

    /// How long a fill may hold its slot.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.sharing.lease = lease.clamp(Duration::from_millis(1), LONGEST);
        self
    }

    /// How long a call waits for another's fill.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.sharing.wait = wait.min(LONGEST);
        self
    }

    /// Values are kept in the process as well, decoded, by `keeper`.
    #[must_use]
    pub fn local(mut self, keeper: Keeper<V>) -> Self {
        self.local = Some(Local::new(keeper));
        self
    }

    /// They are kept for at most `ttl`.
    #[must_use]
    pub fn local_ttl(mut self, ttl: Duration) -> Self {
        self.local.iter_mut().for_each(|local| local.ttl = ttl);
        self
    }

    /// Larger ones are not kept.
    #[must_use]
    pub fn local_max_size(mut self, bytes: usize) -> Self {
        self.local.iter_mut().for_each(|local| local.max_size = bytes);
        self
    }

    /// They are kept for at most `bound` where the store does not tell when they change.
    #[must_use]
    pub fn local_untracked(mut self, bound: Duration) -> Self {
        self.local.iter_mut().for_each(|local| local.untracked = bound);
        self
    }

    /// For how long to store `value`; `None` where it is not to be stored.
    pub(crate) fn lifetime(&self, value: &V) -> Option<Lifetime> {
        if self.cache_if.is_some_and(|wanted| !wanted(value)) {
            return None;
        }
        let none = self.none.as_ref().filter(|rule| (rule.is_none)(value));
        let ttl = match (none, &self.ttl) {
            (Some(rule), _) => rule.ttl?,
            (None, Ttl::Fixed(ttl)) => *ttl,
            (None, Ttl::Of(ttl)) => ttl(value),
        };
        self.spread(ttl)
    }

    /// Whether values name tags.
    pub(crate) fn names_tags(&self) -> bool {
        self.result_tags.is_some()
    }

    /// The tags that `value` names.
    pub(crate) fn tags_of(&self, value: &V) -> TagNames {
        let mut tags = TagNames::new();
        if let Some(name) = self.result_tags {
            name(value, &mut tags);
        }
        tags
    }

    /// How long a slot will live, as far as that can be told without its value.
    pub(crate) fn expected_life(&self) -> Duration {
        const DAY: Duration = Duration::from_secs(24 * 3600);
        let of_none = self.none.as_ref().and_then(|rule| rule.ttl).unwrap_or_default();
        let fresh = match self.ttl {
            Ttl::Fixed(ttl) => ttl,
            Ttl::Of(_) => DAY,
        };
        let whole = fresh.max(of_none).saturating_add(self.staleness.window());
        whole.clamp(Duration::from_millis(1), LONGEST)
    }

    /// To what time a hit renews its slot; `None` where it does not.
    pub(crate) fn renewal(&self) -> Option<Duration> {
        match self.ttl {
            Ttl::Fixed(ttl) if self.sliding => self.spread(ttl).map(Lifetime::whole),
            _ => None,
        }
    }

    /// The largest encoding to store, in bytes, where the function says so.
    pub(crate) fn largest(&self) -> Option<usize> {
        self.max_size
    }

    /// Only ever shorter, so `ttl` stays the bound on a value's age. A time of zero stores nothing; one of less
    /// than Redis's unit, a millisecond, is one.
    fn spread(&self, ttl: Duration) -> Option<Lifetime> {
        if ttl.is_zero() {
            return None;
        }
        let part = if self.jitter > 0.0 { 1.0 - self.jitter * fastrand::f64() } else { 1.0 };
        let spread = |time: Duration| if part < 1.0 { time.mul_f64(part) } else { time };
        Some(Lifetime {
            fresh: spread(ttl.min(LONGEST)).max(Duration::from_millis(1)),
            window: spread(self.staleness.window()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Json;

    const MINUTE: Duration = Duration::from_secs(60);

    fn fresh<V>(policy: &Policy<V>, value: &V) -> Option<Duration> {
        policy.lifetime(value).map(|lifetime| lifetime.fresh)
    }

    #[test]
    fn jitter_only_shortens_and_does_spread() {
        let policy = Policy::<u8>::new::<Json>(MINUTE).ttl_jitter(0.1);
        let lifetimes: Vec<_> = (0..1000).map(|_| policy.lifetime(&1).unwrap().fresh).collect();
        let (least, most) = (*lifetimes.iter().min().unwrap(), *lifetimes.iter().max().unwrap());
        assert!(least >= MINUTE.mul_f64(0.9) && most <= MINUTE);
        assert!(most > least + MINUTE.mul_f64(0.08), "1000 draws from a tenth: {least:?} {most:?}");
    }

    #[test]
    fn jitter_is_on_the_whole_window() {
        let policy = Policy::<u8>::new::<Json>(MINUTE).ttl_jitter(0.5);
        let policy = policy.stale_while_revalidate(MINUTE * 2);
        for _ in 0..1000 {
            let Lifetime { fresh, window } = policy.lifetime(&1).unwrap();
            let off = (fresh * 2).abs_diff(window);
            assert!(off <= Duration::from_nanos(10), "one factor for both: {fresh:?} {window:?}");
        }
    }

    #[test]
    fn extremes_of_ttl() {
        let lifetime = |ttl| fresh(&Policy::<u8>::new::<Json>(ttl), &1);
        assert_eq!(lifetime(Duration::ZERO), None, "nothing is fresh for no time");
        assert_eq!(lifetime(Duration::from_nanos(1)), Some(Duration::from_millis(1)));
        assert_eq!(lifetime(Duration::MAX), Some(LONGEST));
    }

    #[test]
    fn rules_for_none_and_predicates() {
        let skip = Policy::<Option<u8>>::new::<Json>(MINUTE).skip_none();
        assert_eq!((fresh(&skip, &None), fresh(&skip, &Some(1))), (None, Some(MINUTE)));
        let short = Policy::<Option<u8>>::new::<Json>(MINUTE).none_ttl(MINUTE / 60);
        assert_eq!(fresh(&short, &None), Some(MINUTE / 60));
        assert_eq!(fresh(&short, &Some(1)), Some(MINUTE));
        let even = Policy::<u8>::new::<Json>(MINUTE).cache_if(|n| n % 2 == 0);
        assert_eq!((fresh(&even, &1), fresh(&even, &2)), (None, Some(MINUTE)));
        let of = Policy::<u8>::new_with::<Json>(|n| MINUTE * u32::from(*n));
        assert_eq!((fresh(&of, &0), fresh(&of, &2)), (None, Some(MINUTE * 2)));
    }
}
