//! What the futures around a call ask of it: `refresh`, `bypass`, `only_cached`, `observe`.
//!
//! A task-local carries it, so it reaches methods, traits and generics alike without changing a signature. It is
//! for the calls that the future makes itself, not for those inside their bodies: else `refresh(page())` would
//! recompute all that the page is made of, and a recursive function would never end.

use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use crate::around::{self, Around};
use crate::observe::Outcome;

tokio::task_local! {
    static ASKED: Asked;
}

/// What is asked of a call.
#[derive(Clone, Default)]
pub(super) struct Asked {
    pub(super) mode: Mode,
    /// Where [`observe`] waits for the outcome.
    outcome: Option<Arc<Mutex<Outcome>>>,
    /// Set by a call that would have to run its body and may not.
    declined: Option<Arc<AtomicBool>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// Read, and run the body on a miss.
    #[default]
    Cached,
    /// Do not read; run the body and store.
    Refresh,
    /// Neither read nor store.
    Bypass,
}

impl Asked {
    /// What is asked of a call made here.
    pub(super) fn here() -> Self {
        ASKED.try_with(Clone::clone).unwrap_or_default()
    }

    /// Whether anything is asked of a call made here.
    pub(super) fn is_anything_here() -> bool {
        ASKED.try_with(|asked| !asked.is_nothing()).unwrap_or(false)
    }

    /// Runs a body, of whose calls nothing is asked. No `async fn`: that would hold the body twice.
    pub(super) fn nothing_of<F: Future>(body: F) -> impl Future<Output = F::Output> {
        around::set(&ASKED, Self::default(), body)
    }

    pub(super) fn note(&self, outcome: Outcome) {
        if let Some(place) = &self.outcome {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
        }
    }

    fn is_nothing(&self) -> bool {
        self.mode == Mode::Cached && self.outcome.is_none() && self.declined.is_none()
    }

    /// Whether the body may not run.
    pub(super) fn is_for_cached_only(&self) -> bool {
        self.declined.is_some()
    }

    /// Returns at once, unless only a cached value is wanted: then it tells [`only_cached`], which drops this call.
    pub(super) async fn decline_to_run(&self) {
        if let Some(declined) = &self.declined {
            declined.store(true, Ordering::Relaxed);
            pending::<()>().await;
        }
    }
}

/// `call`, of which something more is asked. Boxed, as a future that an `async fn` is given is in that twice.
fn with<F: Future>(change: impl FnOnce(&mut Asked), call: F) -> Around<Asked, Pin<Box<F>>> {
    let mut asked = Asked::here();
    change(&mut asked);
    around::set(&ASKED, asked, Box::pin(call))
}

/// Runs the body of the memoized call in `call`, stores what it returns, and returns it.
///
/// It is for the calls that `call` makes itself, not for those made inside their bodies. Of several around a call, the
/// innermost of `refresh` and `bypass` counts.
///
/// ```
/// # use cached_runtime::{Cache, redis_cache, refresh};
/// # use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
/// static RATE: AtomicU32 = AtomicU32::new(1);
///
/// #[redis_cache(ttl = "1h")]
/// async fn rate() -> u32 { RATE.load(Relaxed) }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(Cache::in_memory().scope(async {
/// assert_eq!(rate().await, 1);
/// RATE.store(2, Relaxed);
/// assert_eq!(rate().await, 1);
/// assert_eq!(refresh(rate()).await, 2);
/// assert_eq!(rate().await, 2);
/// # }));
/// ```
pub async fn refresh<F: Future>(call: F) -> F::Output {
    with(|asked| asked.mode = Mode::Refresh, call).await
}

/// Runs the body of the memoized call in `call`: the cache is neither read nor written.
///
/// It is for the calls that `call` makes itself, not for those made inside their bodies. Of several around a call, the
/// innermost of `refresh` and `bypass` counts.
///
/// ```
/// # use cached_runtime::{Cache, Outcome, bypass, observe, redis_cache};
/// #[redis_cache(ttl = "1h")]
/// async fn answer() -> u32 { 42 }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(Cache::in_memory().scope(async {
/// assert_eq!(bypass(answer()).await, 42);
/// assert_eq!(observe(answer()).await, (42, Outcome::Miss));
/// # }));
/// ```
pub async fn bypass<F: Future>(call: F) -> F::Output {
    with(|asked| asked.mode = Mode::Bypass, call).await
}

/// The cached value of the memoized call in `call`, or `None`: no body is run.
///
/// It is `None` as soon as one of the memoized calls that `call` makes itself has no cached value, or can't know.
///
/// ```
/// # use cached_runtime::{Cache, only_cached, redis_cache};
/// #[redis_cache(ttl = "1h")]
/// async fn answer() -> u32 { 42 }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(Cache::in_memory().scope(async {
/// assert_eq!(only_cached(answer()).await, None);
/// answer().await;
/// assert_eq!(only_cached(answer()).await, Some(42));
/// # }));
/// ```
pub async fn only_cached<F: Future>(call: F) -> Option<F::Output> {
    let declined = Arc::new(AtomicBool::new(false));
    let mut call = pin!(with(|asked| asked.declined = Some(Arc::clone(&declined)), call));
    poll_fn(|context| match call.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if declined.load(Ordering::Relaxed) => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}

/// What `call` returns, and how the memoized call in it was answered.
///
/// Of several memoized calls it is the outcome of the one that was decided last; without any, [`Outcome::Bypass`].
///
/// ```
/// # use cached_runtime::{Cache, Outcome, observe, redis_cache};
/// #[redis_cache(ttl = "1h")]
/// async fn answer() -> u32 { 42 }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(Cache::in_memory().scope(async {
/// assert_eq!(observe(answer()).await, (42, Outcome::Miss));
/// assert_eq!(observe(answer()).await, (42, Outcome::Hit));
/// # }));
/// ```
pub async fn observe<F: Future>(call: F) -> (F::Output, Outcome) {
    let outcome = Arc::new(Mutex::new(Outcome::Bypass));
    let output = with(|asked| asked.outcome = Some(Arc::clone(&outcome)), call).await;
    let outcome = *outcome.lock().unwrap_or_else(PoisonError::into_inner);
    (output, outcome)
}
