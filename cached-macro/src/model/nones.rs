//! `cache_none` and `none_ttl`.

use proc_macro2::Span;
use syn::{Lit, Result};

use super::{Length, value};
use crate::attr::Given;
use crate::errors::{Errors, fail};

/// What happens to a `None`; the span is the option's.
pub(crate) enum Nones {
    /// It is a value like any other.
    Cached,
    Skipped(Span),
    For(Length, Span),
}

impl Nones {
    pub(super) fn new(
        cache_none: Option<Given>,
        none_ttl: Option<Given>,
        errors: &mut Errors,
    ) -> Self {
        let skipped = cache_none.and_then(|given| {
            let span = given.key.span();
            errors.keep(boolean(given)).and_then(|cached| (!cached).then_some(span))
        });
        let Some(given) = none_ttl else {
            return skipped.map_or(Self::Cached, Self::Skipped);
        };
        let key = given.key.clone();
        if skipped.is_some() {
            let text = "can't be used together with `cache_none = false`";
            let fix = "a `None` that isn't cached has no ttl, so remove one of them";
            errors.report(&key, format_args!("`none_ttl` {text}: {fix}"));
        }
        errors.keep(Length::new(given)).map_or(Self::Cached, |length| Self::For(length, key.span()))
    }
}

fn boolean(given: Given) -> Result<bool> {
    let key = given.key.clone();
    let expr = value::expr(given, &format!("{key} = false"))?;
    match value::lit(&expr) {
        Some(Lit::Bool(lit)) => Ok(lit.value),
        _ => fail(expr, format_args!("`{key}` takes `true` or `false`")),
    }
}
