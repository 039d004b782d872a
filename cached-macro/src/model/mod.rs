//! The attribute and its function, checked: whatever is in these types can be expanded.

mod argument;
mod background;
mod borrowed;
mod boxed;
mod companion;
mod duration;
mod eligible;
mod failure;
mod function;
mod key;
mod lifetimes;
mod local;
mod names;
mod nones;
mod pieces;
mod policy;
mod returned;
mod sharing;
mod skip;
mod staleness;
mod tags;
mod target;
mod template;
mod ttl;
mod value;
mod write;

use syn::{Expr, Path};

pub(crate) use self::argument::{Argument, Variable, cfgs};
pub(crate) use self::companion::{Companion, Place};
pub(crate) use self::function::{Form, Function, Owner};
pub(crate) use self::key::{Content, Key};
pub(crate) use self::local::Local;
pub(crate) use self::nones::Nones;
pub(crate) use self::pieces::Piece;
pub(crate) use self::policy::Policy;
pub(crate) use self::returned::Fallible;
pub(crate) use self::sharing::{Flight, Sharing};
pub(crate) use self::staleness::{Staleness, Window};
pub(crate) use self::tags::{RESULT, Tag, Tags};
pub(crate) use self::target::{Call, Target};
pub(crate) use self::ttl::{Length, Ttl};
pub(crate) use self::write::{Effect, Write};
use crate::attr::{Attribute, Item, Options};
use crate::errors::Errors;

/// A function to be cached.
pub(crate) struct Memo {
    pub(crate) function: Function,
    pub(crate) prefix: String,
    pub(crate) version: String,
    pub(crate) key: Key,
    pub(crate) policy: Policy,
    pub(crate) tags: Tags,
    pub(crate) cache: Option<Expr>,
    pub(crate) runtime: Path,
    pub(crate) companion: Option<Companion>,
}

/// What is left of a function when something is wrong with its attribute.
pub(crate) struct Rejected {
    pub(crate) error: syn::Error,
    /// Enough to declare the companion, so that its uses are no errors of their own.
    pub(crate) known: Option<(Function, Companion, Path)>,
}

impl Memo {
    /// Checks everything, and reports all that is wrong.
    pub(crate) fn new(
        options: Options,
        item: &Item,
        mut errors: Errors,
    ) -> Result<Self, Box<Rejected>> {
        let Options {
            ttl,
            prefix,
            key,
            skip,
            version,
            tags,
            stale_while_revalidate,
            stale_if_error,
            early_refresh,
            ttl_jitter,
            sliding,
            cache_none,
            none_ttl,
            cache_if,
            local,
            flight,
            lease,
            wait,
            codec,
            max_size,
            cache,
            entry,
            krate,
            ttl_was_tried,
            mentions_self_type,
        } = options;
        // Another codec may know how to make a `&'static str`.
        let stores_json = codec.is_none();
        let in_background = stale_while_revalidate.as_ref().map(|given| given.key.clone());
        let is_kept = local.is_some();
        let raw = policy::Raw {
            ttl,
            ttl_was_tried,
            cache_none,
            none_ttl,
            sliding,
            ttl_jitter,
            cache_if,
            codec,
            max_size,
            staleness: staleness::Raw { stale_while_revalidate, stale_if_error, early_refresh },
            sharing: sharing::Raw { flight, lease, wait },
            local,
        };
        let errors_of = &mut errors;
        let policy = Policy::new(raw, errors_of);
        let prefix = prefix.and_then(|given| errors_of.keep(names::prefix(given)));
        let version = version.and_then(|given| errors_of.keep(names::version(given)));
        let cache = cache.and_then(|given| errors_of.keep(value::expr(given, "cache = CACHE")));
        let has_companion =
            entry.is_none_or(|given| errors_of.keep(companion::left_out(given)).is_none());
        let runtime = names::runtime(krate, errors_of);
        let function = Function::new(item, Attribute::RedisCache, mentions_self_type, errors_of);
        if let Some(function) = &function {
            borrowed::check(&function.returned, stores_json, is_kept, errors_of);
        }
        if let Some((function, key)) = function.as_ref().zip(in_background) {
            background::check(&key, function, errors_of);
        }
        let key = function.as_ref().and_then(|function| Key::new(key, skip, function, errors_of));
        let tags = function.as_ref().zip(tags);
        let tags = tags.map(|(f, given)| Tags::new(given, f, tags::OfResult::Alone, errors_of));
        let tags = tags.unwrap_or_default();
        let known = function.as_ref().zip(key.as_ref()).filter(|_| has_companion);
        let companion = known.and_then(|(function, key)| {
            Companion::new(function, key, &tags, policy.as_ref(), cache.as_ref())
        });
        let error = errors.finish();
        match (error, function, key, policy, runtime) {
            (None, Some(function), Some(key), Some(policy), Some(runtime)) => Ok(Self {
                function,
                prefix: prefix.unwrap_or_default(),
                version: version.unwrap_or_default(),
                key,
                policy,
                tags,
                cache,
                runtime,
                companion,
            }),
            (error, function, _, _, runtime) => Err(Box::new(Rejected {
                error: error.expect("nothing is missing without an error"),
                known: function.zip(companion).zip(runtime).map(|((f, c), r)| (f, c, r)),
            })),
        }
    }
}
