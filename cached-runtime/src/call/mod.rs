//! The whole path of one call, top down: what is asked for, the slot, the look at it, the body, the store.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;

use crate::Error;
use crate::codec::wire;
use crate::flight::Leader;
use crate::key::{Function, Key, TagNames};
use crate::local::{Place, Wanted};
use crate::observe::{Known, Outcome};
use crate::policy::{Flight, Freshness, Policy};

mod announce;
mod asked;
mod background;
mod doubts;
mod either;
mod engine;
mod errors;
mod fill;
mod functions;
mod holdoffs;
mod join;
mod lease;
mod local;
mod look;
mod pace;
mod read;
mod refill;
mod refresh;
mod returned;
mod run;
mod tags;
mod write;

pub use announce::Invalidation;
use asked::{Asked, Mode};
pub use asked::{bypass, observe, only_cached, refresh};
pub(crate) use engine::{Engine, Settings};
use errors::Copied;
pub use errors::{ErrorProbe, Errors, Opaque};
pub(crate) use fill::{Offer, offer};
pub(crate) use local::{kept, kept_inside};
use look::{Look, look};
pub(crate) use pace::pause;
use read::Content;
pub(crate) use read::{Seen, freshness, look_up};
pub use returned::{Probe, Returned, Shape, Whole};
use run::{Role, Run, share};
pub(crate) use tags::Tagging;
use write::is_writing;
pub use write::{After, Write};
pub(crate) use write::{Target, write};

/// What a call is about: the function, its arguments, and its options.
pub(crate) struct Request<V> {
    pub(crate) function: &'static Function,
    pub(crate) key: Key,
    pub(crate) tags: TagNames,
    pub(crate) policy: Policy<V>,
}

impl<V> Request<V> {
    /// What this process finds the value by; `None` where the arguments are no key.
    fn wanted(&self) -> Option<Wanted<'_>> {
        Some(Wanted::new(self.function, self.key.carried()?, self.tags.bytes()))
    }
}

/// Where the store has the value of a call.
struct Address {
    slot: Arc<str>,
    tags: Tagging,
    /// Where this process keeps the value, of a function with `local`.
    place: Option<Place>,
}

impl Address {
    fn desk<'a>(&'a self, engine: &'a Arc<Engine>, known: &'a Known) -> Desk<'a> {
        Desk { engine, slot: &self.slot, tags: &self.tags, place: self.place.as_ref(), known }
    }
}

/// One slot, with what works on it, and the function whose call it is.
#[derive(Clone, Copy)]
struct Desk<'a> {
    engine: &'a Arc<Engine>,
    slot: &'a Arc<str>,
    tags: &'a Tagging,
    place: Option<&'a Place>,
    known: &'a Known,
}

impl Desk<'_> {
    /// Counts a step that failed.
    fn failed(self, error: &Error, what: &'static str) {
        self.known.counters.errors.count();
        tracing::debug!(function = self.known.path, %error, what);
    }
}

/// Answers from the store, or runs `body` and offers its result to the store. Never fails but by the body.
pub(crate) async fn call<R, const FALLIBLE: bool, F, Fut>(
    engine: impl AsRef<Arc<Engine>>,
    request: Box<Request<R::Value>>,
    errors: Errors<R>,
    body: F,
) -> R
where
    R: Returned<FALLIBLE>,
    F: FnOnce() -> Fut,
    Fut: Future<Output = R>,
{
    let (engine, asked) = (engine.as_ref(), Asked::here());
    let known = engine.functions.of(request.function);
    match begin(engine, &request, &known, &errors, &asked).await {
        Begun::Value(value) | Begun::Refill(value, ..) => R::from_value(value),
        Begun::Error(error) => errors.paste(error).expect(FITS),
        Begun::Uncached => Asked::nothing_of(body()).await,
        Begun::Run(address, run) => {
            let desk = address.desk(engine, &known);
            let body = pin!(Asked::nothing_of(body()));
            go_on(desk, &request.policy, &errors, &asked, run, body).await
        }
    }
}

/// As [`call`], and a stale value is returned while a task refills its slot.
pub(crate) async fn call_in_background<R, const FALLIBLE: bool, F, Fut>(
    engine: impl AsRef<Arc<Engine>>,
    request: Box<Request<R::Value>>,
    errors: Errors<R>,
    body: F,
) -> R
where
    R: Returned<FALLIBLE> + 'static,
    R::Value: 'static,
    F: FnOnce() -> Fut + Send + 'static,
    Fut: Future<Output = R> + Send + 'static,
{
    let (engine, asked) = (engine.as_ref(), Asked::here());
    let known = engine.functions.of(request.function);
    match begin(engine, &request, &known, &errors, &asked).await {
        Begun::Value(value) => R::from_value(value),
        Begun::Error(error) => errors.paste(error).expect(FITS),
        Begun::Refill(value, address, leader) => {
            let refill = refill::Refill { engine, address, known, policy: request.policy, errors };
            refill.start(leader, body);
            R::from_value(value)
        }
        Begun::Uncached => Asked::nothing_of(body()).await,
        Begun::Run(address, run) => {
            let desk = address.desk(engine, &known);
            let body = pin!(Asked::nothing_of(body()));
            go_on(desk, &request.policy, &errors, &asked, run, body).await
        }
    }
}

const FITS: &str = "`begin` has seen that the error fits";

/// A call, as far as it goes without its body. It has no room for what the call returns: an error may not be `Send`.
enum Begun<V> {
    Value(V),
    Error(Copied),
    /// A stale value; the flight that refills its slot wants a body.
    Refill(V, Address, Leader),
    /// The body runs, and the store is not used.
    Uncached,
    /// The body runs.
    Run(Address, Run<V>),
}

async fn begin<R, const FALLIBLE: bool>(
    engine: &Arc<Engine>,
    request: &Request<R::Value>,
    known: &Known,
    errors: &Errors<R>,
    asked: &Asked,
) -> Begun<R::Value>
where
    R: Returned<FALLIBLE>,
{
    if asked.mode == Mode::Refresh {
        local::forget(engine, request, known);
    }
    let takes_a_name = local::takes_a_name(engine);
    if !takes_a_name && let Some(value) = local::kept_certain(engine, request, known, asked) {
        // It may have come here for that: see `local::kept`.
        tokio::task::yield_now().await;
        return Begun::Value(value);
    }
    let Some(address) = address_for::<R, FALLIBLE>(engine, request, known, asked.mode) else {
        asked.note(Outcome::Bypass);
        asked.decline_to_run().await;
        known.counters.bypasses.count();
        return Begun::Uncached;
    };
    if takes_a_name && let Some(value) = local::kept_certain(engine, request, known, asked) {
        return Begun::Value(value);
    }
    let desk = address.desk(engine, known);
    let policy = &request.policy;
    let look = match asked.mode {
        // It would have to run its body, and may not: so it leaves the slot alone.
        Mode::Refresh if asked.is_for_cached_only() => {
            Look::Run(Run { role: Role::Alone, fallback: None })
        }
        // Boxed, as below: they are rare.
        Mode::Refresh => Look::Run(Box::pin(refresh::refresh(desk, policy)).await),
        _ if asked.is_for_cached_only() => Box::pin(peek(desk, policy)).await,
        _ if policy.sharing.flight == Flight::Off => look_alone(desk, policy).await,
        _ => look(desk, policy).await,
    };
    let run = match look {
        Look::Value(value, outcome) => {
            known.counters.count(outcome);
            asked.note(outcome);
            return Begun::Value(value);
        }
        Look::Refill(value, leader) => {
            known.counters.stale.count();
            asked.note(Outcome::Stale);
            return Begun::Refill(value, address, leader);
        }
        Look::Error(error) if errors.fits(&error) => {
            known.counters.shared.count();
            asked.note(Outcome::Shared);
            return Begun::Error(error);
        }
        Look::Error(_) => Run { role: Role::Alone, fallback: None },
        Look::Run(run) => run,
    };
    asked.note(run.outcome());
    asked.decline_to_run().await;
    known.counters.count(run.outcome());
    Begun::Run(address, run)
}

/// Runs the body, and does with its result what it was run for.
async fn go_on<R, const FALLIBLE: bool, Fut>(
    desk: Desk<'_>,
    policy: &Policy<R::Value>,
    errors: &Errors<R>,
    asked: &Asked,
    mut run: Run<R::Value>,
    body: Pin<&mut Fut>,
) -> R
where
    R: Returned<FALLIBLE>,
    Fut: Future<Output = R>,
{
    // Before the body begins, and boxed, as below.
    let era = if desk.tags.is_empty() { None } else { Box::pin(run.role.date(desk, policy)).await };
    let (returned, cost) = run.role.wait_for(body, policy.sharing.lease, desk.known).await;
    let (value, finish) = match share(desk, policy, errors, run, era, returned, cost) {
        Ok(shared) => shared,
        Err((returned, instead)) => {
            if let Some(outcome) = instead {
                desk.known.counters.count(outcome);
                asked.note(outcome);
            }
            return returned;
        }
    };
    // Boxed, as what only a miss does is to have no room in the future of each call.
    Box::pin(finish.run(desk)).await;
    R::from_value(value)
}

/// What is cached, for a call that may not run its body: so it does not wait for others either.
async fn peek<V>(desk: Desk<'_>, policy: &Policy<V>) -> Look<V> {
    if let Content::Value(value, found) = read::read(desk, policy).await {
        match freshness(policy, &found) {
            Freshness::Fresh | Freshness::Early => return Look::Value(value, Outcome::Hit),
            Freshness::Revalidate => return Look::Value(value, Outcome::Stale),
            Freshness::IfError | Freshness::Over => {}
        }
    }
    Look::Run(Run { role: Role::Alone, fallback: None })
}

/// For a function whose fills nobody shares.
async fn look_alone<V>(desk: Desk<'_>, policy: &Policy<V>) -> Look<V> {
    let role = match read::read(desk, policy).await {
        Content::Value(value, found) if freshness(policy, &found) == Freshness::Fresh => {
            return Look::Value(value, Outcome::Hit);
        }
        Content::Failed => Role::PassBy,
        // What is being written is not to be overwritten.
        Content::Lease(lease, _) if wire::is_intent(&lease) => Role::Alone,
        _ => Role::Set,
    };
    Look::Run(Run { role, fallback: None })
}

/// Where the value of a call is, or `None` where it can't use the cache.
fn address_for<R, const FALLIBLE: bool>(
    engine: &Arc<Engine>,
    request: &Request<R::Value>,
    known: &Known,
    mode: Mode,
) -> Option<Address>
where
    R: Returned<FALLIBLE>,
{
    if R::hides_a_result() {
        fill::tell_of_a_hidden_result(known);
        return None;
    }
    if mode == Mode::Bypass || engine.is_away() {
        return None;
    }
    let found = engine
        .slot(request, known)
        .and_then(|slot| Ok((slot, Tagging::new(engine, request)?)))
        .inspect_err(|problem| {
            if known.counters.errors.count() == 0 {
                let error = Error::key(known.path, problem);
                tracing::warn!(function = known.path, %error, "calls of a function run uncached");
            }
        });
    let is_certain = |slot: &str, tags: &Tagging| {
        !is_writing(slot) && !engine.doubts(slot) && !engine.doubts_tags(tags.slots())
    };
    let (slot, tags) = found.ok().filter(|(slot, tags)| is_certain(slot, tags))?;
    let place = request.policy.local.as_ref().and_then(|_| request.wanted()?.to_place());
    Some(Address { slot, tags: tags.renewed(&request.policy), place })
}
