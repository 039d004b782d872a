//! `#[cache_invalidate(..)]` and `#[cache_put(..)]`, checked.

use proc_macro2::Span;
use syn::{Expr, Path};

use super::function::Function;
use super::tags::{self, RESULT, Tags, ambiguous};
use super::target::Target;
use super::{Length, names, value};
use crate::attr::{Attribute, Given, Item, WriteOptions};
use crate::errors::Errors;
use crate::tokens::place_of;

/// A function that changes what cached functions return.
pub(crate) struct Write {
    pub(crate) function: Function,
    pub(crate) targets: Vec<Target>,
    pub(crate) tags: Tags,
    pub(crate) effect: Effect,
    pub(crate) lease: Option<Length>,
    /// That of the tags.
    pub(crate) cache: Option<Expr>,
    pub(crate) runtime: Path,
}

/// What happens to the targets after the body.
pub(crate) enum Effect {
    Invalidate,
    /// They get this value, or what the function has returned.
    Put(Option<Expr>),
}

impl Write {
    /// Checks everything, and reports all that is wrong.
    pub(crate) fn new(
        options: WriteOptions,
        item: &Item,
        mut errors: Errors,
    ) -> Result<Self, syn::Error> {
        let errors_of = &mut errors;
        let nothing = nothing(&options);
        let WriteOptions { attribute, targets, tags, value, lease, cache, krate, .. } = options;
        if let Some(message) = nothing {
            errors_of.add(syn::Error::new(Span::call_site(), message));
        }
        if let (Some(cache), None) = (&cache, &tags) {
            let why = "is where the tags are, and there are none";
            let fix = "a call uses the cache of its function; remove it";
            errors_of.report(&cache.key, format_args!("`cache` {why}: {fix}"));
        }
        let lease = lease.and_then(|given| errors_of.keep(Length::new(given)));
        let cache = cache.and_then(|given| errors_of.keep(value::expr(given, "cache = CACHE")));
        let runtime = names::runtime(krate, errors_of);
        let function = Function::new(item, attribute, options.mentions_self_type, errors_of);
        let effect = effect(attribute, value, function.as_ref(), errors_of);
        let checked = function.map(|function| {
            let targets = Target::all(targets, attribute, &function, errors_of);
            let tags = tags
                .map(|given| Tags::new(given, &function, tags::OfResult::InCall, errors_of))
                .unwrap_or_default();
            (function, targets, tags)
        });
        match (errors.finish(), checked, runtime) {
            (None, Some((function, targets, tags)), Some(runtime)) => {
                Ok(Self { function, targets, tags, effect, lease, cache, runtime })
            }
            (error, ..) => Err(error.expect("nothing is missing without an error")),
        }
    }
}

/// What to say of an attribute that does nothing.
fn nothing(options: &WriteOptions) -> Option<&'static str> {
    let without_target = !options.target_was_tried;
    match options.attribute {
        Attribute::CachePut if without_target => Some(
            "`#[cache_put]` needs a call whose entry gets the new value, as in `#[cache_put(get_user(id))]`",
        ),
        Attribute::CacheInvalidate if without_target && options.tags.is_none() => Some(
            "`#[cache_invalidate]` invalidates nothing: write a call, as in `#[cache_invalidate(get_user(id))]`, or `tags = [\"users\"]`",
        ),
        _ => None,
    }
}

fn effect(
    attribute: Attribute,
    value: Option<Given>,
    function: Option<&Function>,
    errors: &mut Errors,
) -> Effect {
    if attribute != Attribute::CachePut {
        if let Some(Given { key, .. }) = value {
            let why = "`#[cache_invalidate]` stores nothing";
            let fix = "remove it, or write `#[cache_put]`";
            errors.report(key, format_args!("`value` is for `#[cache_put]`, and {why}: {fix}"));
        }
        return Effect::Invalidate;
    }
    let expr =
        value.and_then(|given| errors.keep(value::expr(given, "value = Some(result.clone())")));
    if let Some(expr) = &expr
        && place_of(RESULT, expr).is_some()
        && function.is_some_and(|function| function.has_argument(RESULT))
    {
        errors.report(expr, ambiguous());
    }
    Effect::Put(expr)
}
