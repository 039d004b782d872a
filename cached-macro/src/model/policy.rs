//! What is stored, for how long, and in which format; with what is said of stale values and of fills.

use proc_macro2::{Ident, Span};
use syn::{Expr, ExprPath, Lit, LitFloat, LitInt, Result, TypePath};

use super::local::Local;
use super::nones::Nones;
use super::sharing::{self, Sharing};
use super::staleness::{self, Staleness};
use super::{Ttl, value};
use crate::attr::{Given, Value};
use crate::errors::{Errors, fail};

/// All options that say how values are kept.
pub(crate) struct Policy {
    pub(crate) ttl: Ttl,
    pub(crate) nones: Nones,
    /// Renews `ttl` at every hit.
    pub(crate) sliding: bool,
    pub(crate) ttl_jitter: Option<LitFloat>,
    /// A closure or the path of a function.
    pub(crate) cache_if: Option<Expr>,
    /// `None` is JSON.
    pub(crate) codec: Option<TypePath>,
    /// In bytes.
    pub(crate) max_size: Option<LitInt>,
    pub(crate) staleness: Staleness,
    pub(crate) sharing: Sharing,
    pub(crate) local: Option<Local>,
}

/// The options of a policy as given.
pub(super) struct Raw {
    pub(super) ttl: Option<Given>,
    pub(super) ttl_was_tried: bool,
    pub(super) cache_none: Option<Given>,
    pub(super) none_ttl: Option<Given>,
    pub(super) sliding: Option<Given>,
    pub(super) ttl_jitter: Option<Given>,
    pub(super) cache_if: Option<Given>,
    pub(super) codec: Option<Given>,
    pub(super) max_size: Option<Given>,
    pub(super) staleness: staleness::Raw,
    pub(super) sharing: sharing::Raw,
    pub(super) local: Option<Given>,
}

impl Policy {
    pub(super) fn new(raw: Raw, errors: &mut Errors) -> Option<Self> {
        let Raw { ttl, ttl_was_tried, cache_none, none_ttl, sliding, .. } = raw;
        let Raw { ttl_jitter, cache_if, codec, max_size, staleness, sharing, local, .. } = raw;
        if !ttl_was_tried {
            errors.add(syn::Error::new(
                Span::call_site(),
                "`ttl` is missing: an entry needs an end, so write `ttl = 300` (seconds) or `ttl = \"5m\"`",
            ));
        }
        let ttl = ttl.and_then(|given| errors.keep(Ttl::new(given)));
        let none_key = none_ttl.as_ref().map(|given| given.key.clone());
        let sliding = sliding.and_then(|given| errors.keep(value::flag(given)));
        if let Some(sliding) = &sliding {
            sliding_conflicts(sliding, ttl.as_ref(), none_key.as_ref(), errors);
        }
        let nones = Nones::new(cache_none, none_ttl, errors);
        let ttl_jitter = ttl_jitter.and_then(|given| errors.keep(fraction(given)));
        let cache_if = cache_if.and_then(|given| errors.keep(predicate(given)));
        let codec = codec.and_then(|given| errors.keep(codec_path(given)));
        let max_size = max_size.and_then(|given| errors.keep(bytes(given, "would store nothing")));
        let sliding = sliding.is_some();
        let sharing = Sharing::new(sharing, errors);
        let staleness = Staleness::new(staleness, sliding, sharing.flight, errors);
        let local = local.and_then(|given| Local::new(given, sliding, errors));
        let ttl = ttl?;
        Some(Self {
            ttl,
            nones,
            sliding,
            ttl_jitter,
            cache_if,
            codec,
            max_size,
            staleness,
            sharing,
            local,
        })
    }
}

fn sliding_conflicts(
    sliding: &Ident,
    ttl: Option<&Ttl>,
    none_ttl: Option<&Ident>,
    errors: &mut Errors,
) {
    let text = "can't be used together with";
    if matches!(ttl, Some(Ttl::ByValue(_))) {
        let why = "a hit renews without decoding the value";
        errors.report(sliding, format_args!("`sliding` {text} a closure as `ttl`: {why}"));
    }
    if let Some(none_ttl) = none_ttl {
        let why = "a hit on a `None` would renew it with `ttl`";
        errors.report(none_ttl, format_args!("`none_ttl` {text} `sliding`: {why}"));
    }
}

fn fraction(given: Given) -> Result<LitFloat> {
    let key = given.key.clone();
    let expr = value::expr(given, "ttl_jitter = 0.1")?;
    if let Some(Lit::Float(lit)) = value::lit(&expr)
        && matches!(lit.suffix(), "" | "f64")
        && lit.base10_parse::<f64>().is_ok_and(|fraction| fraction > 0.0 && fraction < 1.0)
    {
        return Ok(lit.clone());
    }
    fail(expr, format_args!("`{key}` takes a fraction of `ttl` between 0 and 1, such as `0.1`"))
}

fn predicate(given: Given) -> Result<Expr> {
    let key = given.key.clone();
    let expr = value::expr(given, "cache_if = |value| !value.is_empty()")?;
    match &expr {
        Expr::Closure(closure) => value::of_value(&key, closure)?,
        Expr::Path(_) => {}
        _ => {
            let text = "takes a closure `|value| -> bool`, or the path of such a function";
            return fail(expr, format_args!("`{key}` {text}"));
        }
    }
    Ok(expr)
}

fn codec_path(given: Given) -> Result<TypePath> {
    let key = given.key.clone();
    if let Value::Path(path) = given.value {
        return Ok(path);
    }
    match value::expr(given, "codec = Json")? {
        // Between the invisible groups of a `macro_rules!` variable.
        Expr::Path(ExprPath { attrs, qself, path }) => Ok(TypePath { attrs, qself, path }),
        expr => fail(expr, format_args!("`{key}` takes the path of a type: write `{key} = Json`")),
    }
}

/// `zero` is what a size of zero would do.
pub(super) fn bytes(given: Given, zero: &str) -> Result<LitInt> {
    let key = given.key.clone();
    let expr = value::expr(given, "max_size = 65536")?;
    let Some(Lit::Int(lit)) = value::lit(&expr) else {
        return fail(expr, format_args!("`{key}` takes a number of bytes, such as `65536`"));
    };
    if value::integer(lit, format_args!("`{key}`"))? == 0 {
        return fail(lit, format_args!("`{key}` of 0 {zero}: give a number of bytes"));
    }
    // Lints would take it for what the user has written, suffix and all.
    let at = Span::mixed_site().located_at(lit.span());
    Ok(LitInt::new(lit.base10_digits(), at))
}
