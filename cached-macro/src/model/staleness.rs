//! What may be done with a value that is no longer fresh, or will soon not be.

use proc_macro2::{Ident, Span};
use syn::{Lit, LitFloat, Result};

use super::sharing::Flight;
use super::{Length, value};
use crate::attr::Given;
use crate::errors::{Errors, fail};

/// All options about stale values.
pub(crate) struct Staleness {
    pub(crate) while_revalidate: Option<Window>,
    pub(crate) if_error: Option<Window>,
    /// XFetch's beta.
    pub(crate) early: Option<LitFloat>,
}

/// How long a value is of use after `ttl`.
pub(crate) struct Window {
    pub(crate) length: Length,
    /// The option's.
    pub(crate) span: Span,
}

/// The options as given.
pub(super) struct Raw {
    pub(super) stale_while_revalidate: Option<Given>,
    pub(super) stale_if_error: Option<Given>,
    pub(super) early_refresh: Option<Given>,
}

impl Staleness {
    pub(super) fn new(
        raw: Raw,
        sliding: bool,
        flight: Option<Flight>,
        errors: &mut Errors,
    ) -> Self {
        let Raw { stale_while_revalidate, stale_if_error, early_refresh } = raw;
        let unshared = flight == Some(Flight::Off);
        for Given { key, .. } in
            [&stale_while_revalidate, &stale_if_error, &early_refresh].into_iter().flatten()
        {
            check_conflicts(key, sliding, unshared, errors);
        }
        Self {
            while_revalidate: stale_while_revalidate.and_then(|given| Window::new(given, errors)),
            if_error: stale_if_error.and_then(|given| Window::new(given, errors)),
            early: early_refresh.and_then(|given| errors.keep(beta(given))),
        }
    }
}

impl Window {
    fn new(given: Given, errors: &mut Errors) -> Option<Self> {
        let span = given.key.span();
        errors.keep(Length::new(given)).map(|length| Self { length, span })
    }
}

fn check_conflicts(key: &Ident, sliding: bool, unshared: bool, errors: &mut Errors) {
    let text = "can't be used together with";
    if sliding {
        let why = "a hit renews the entry, so nobody knows how old its value is";
        errors.report(key, format_args!("`{key}` {text} `sliding`: {why}; remove one of them"));
    }
    if unshared {
        let why = "every call would refill";
        let fix = "write `flight = \"process\"`, or remove one of them";
        errors.report(key, format_args!("`{key}` {text} `flight = \"off\"`: {why}; {fix}"));
    }
}

fn beta(given: Given) -> Result<LitFloat> {
    let key = given.key.clone();
    let expr = value::expr(given, "early_refresh = 1.0")?;
    let lit = match value::lit(&expr) {
        Some(Lit::Float(lit)) if matches!(lit.suffix(), "" | "f64") => lit.clone(),
        Some(Lit::Int(lit)) if lit.suffix().is_empty() => {
            LitFloat::new(&format!("{}.0", lit.base10_digits()), lit.span())
        }
        _ if value::is_negative(&expr) => {
            let fix = "write `early_refresh = 1.0`";
            return fail(expr, format_args!("`{key}` can't be negative: {fix}"));
        }
        _ => {
            let text = "takes a number, the larger the earlier: write `early_refresh = 1.0`";
            return fail(expr, format_args!("`{key}` {text}"));
        }
    };
    match lit.base10_parse::<f64>() {
        Ok(beta) if beta > 0.0 && beta.is_finite() => Ok(lit),
        Ok(beta) if beta > 0.0 => {
            fail(lit, format_args!("`{key}` is too large: write `early_refresh = 1.0`"))
        }
        _ => {
            let fix = "write `early_refresh = 1.0`, or remove it to refill only after `ttl`";
            fail(lit, format_args!("`{key}` must be larger than zero: {fix}"))
        }
    }
}
