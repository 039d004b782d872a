//! How long: `300`, `"5m"`, an expression, and for `ttl` a closure.

use proc_macro2::{Ident, Span};
use syn::{Expr, ExprClosure, Lit, Result};

use super::{duration, value};
use crate::attr::Given;
use crate::errors::fail;

/// The time that a value is fresh.
pub(crate) enum Ttl {
    Same(Length),
    /// Asks the value itself.
    ByValue(ExprClosure),
}

/// A length of time.
pub(crate) enum Length {
    Millis(u64, Span),
    /// Evaluated at every call, with the arguments in scope.
    Expr(Expr),
}

impl Ttl {
    pub(super) fn new(given: Given) -> Result<Self> {
        let key = given.key.clone();
        match value::expr(given, "ttl = 300")? {
            Expr::Closure(closure) => {
                value::of_value(&key, &closure)?;
                Ok(Self::ByValue(closure))
            }
            expr => {
                let zero = instead_of_zero(&key);
                Length::from_expr(&key, expr, zero).map(Self::Same)
            }
        }
    }
}

impl Length {
    pub(super) fn new(given: Given) -> Result<Self> {
        let zero = instead_of_zero(&given.key);
        Self::or_instead_of_zero(given, zero)
    }

    /// `zero` is what to write instead of it, if it makes no sense.
    pub(super) fn or_instead_of_zero(given: Given, zero: Option<&str>) -> Result<Self> {
        let key = given.key.clone();
        match value::expr(given, &format!("{key} = 30"))? {
            Expr::Closure(closure) => {
                fail(closure, format_args!("`{key}` takes no closure: there is no value to ask"))
            }
            expr => Self::from_expr(&key, expr, zero),
        }
    }

    fn from_expr(key: &Ident, expr: Expr, zero: Option<&str>) -> Result<Self> {
        if value::is_negative(&expr) {
            return fail(expr, format_args!("`{key}` can't be negative"));
        }
        let Some(lit) = value::lit(&expr) else { return Ok(Self::Expr(expr)) };
        let millis = match lit {
            Lit::Int(lit) => match value::integer(lit, format_args!("`{key}`"))?.checked_mul(1_000)
            {
                Some(millis) => millis,
                None => return fail(lit, format_args!("`{key}` is too large")),
            },
            Lit::Str(text) => {
                duration::parse(&text.value()).or_else(|message| fail(text, message))?
            }
            Lit::Float(lit) => {
                let text = "takes whole seconds: write shorter times as text, such as";
                return fail(lit, format_args!("`{key}` {text} `\"1500ms\"`"));
            }
            lit => {
                let text = "takes seconds, a text such as `\"5m\"`, or an expression of `Duration`";
                return fail(lit, format_args!("`{key}` {text}"));
            }
        };
        if millis == 0
            && let Some(fix) = zero
        {
            return fail(lit, format_args!("`{key}` must be longer than zero: {fix}"));
        }
        Ok(Self::Millis(millis, lit.span()))
    }
}

/// What to write where zero makes no sense.
fn instead_of_zero(key: &Ident) -> Option<&'static str> {
    Some(match key.to_string().as_str() {
        "ttl" => "remove the attribute to cache nothing",
        "none_ttl" => "write `cache_none = false` if a `None` is not to be cached",
        "lease" => "write how long the body may take, or remove it for the default of 10 s",
        // Not to wait at all is a choice.
        "wait" => return None,
        _ => "remove the option to turn it off",
    })
}
