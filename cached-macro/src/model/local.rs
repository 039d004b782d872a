//! `local`: how values are kept in the process.

use proc_macro2::{Ident, Span};
use syn::LitInt;

use super::{Length, policy};
use crate::attr::{Given, LocalOptions, Value};
use crate::errors::Errors;

/// What may be said of values that are kept in the process.
pub(crate) struct Local {
    /// For how long, if for less than they are fresh.
    pub(crate) ttl: Option<Length>,
    /// In bytes.
    pub(crate) max_size: Option<LitInt>,
    /// For how long where the store does not tell of changes.
    pub(crate) untracked: Option<Length>,
}

impl Local {
    pub(super) fn new(given: Given, sliding: bool, errors: &mut Errors) -> Option<Self> {
        let Given { key, value } = given;
        if sliding {
            let why = "a hit in the process does not reach Redis, so it renews nothing";
            let text = "can't be used together with `sliding`";
            errors.report(&key, format_args!("`{key}` {text}: {why}; remove one of them"));
        }
        match value {
            Value::Local(options) => Self::of_list(&key, *options, errors),
            Value::Flag => {
                errors.report(&key, format_args!("`{key}` needs a value: {EXAMPLES}"));
                None
            }
            value => {
                let ttl = errors.keep(Length::new(Given { key, value }))?;
                Some(Self { ttl: Some(ttl), max_size: None, untracked: None })
            }
        }
    }

    fn of_list(key: &Ident, options: LocalOptions, errors: &mut Errors) -> Option<Self> {
        let LocalOptions { ttl, max_size, untracked, was_tried } = options;
        if !was_tried {
            errors.report(key, format_args!("`{key}` has nothing in its parentheses: {EXAMPLES}"));
            return None;
        }
        let ttl = ttl.and_then(|given| {
            let zero = "remove it to keep values for as long as they are fresh";
            errors.keep(Length::or_instead_of_zero(given, Some(zero)))
        });
        let max_size =
            max_size.and_then(|given| errors.keep(policy::bytes(given, "would keep nothing")));
        let untracked = untracked.and_then(|given| {
            let zero = "remove it to keep only values that Redis tells about";
            errors.keep(Length::or_instead_of_zero(given, Some(zero)))
        });
        if let (Some(Length::Millis(ttl, _)), Some(Length::Millis(untracked, at))) =
            (&ttl, &untracked)
            && untracked > ttl
        {
            report_longer(*at, key, errors);
        }
        Some(Self { ttl, max_size, untracked })
    }
}

const EXAMPLES: &str = "write `local = \"30s\"`, or `local(ttl = \"30s\", max_size = 65536)`";

fn report_longer(at: Span, key: &Ident, errors: &mut Errors) {
    let why = "no value is kept for that long";
    let text = format!("`untracked` is longer than the `ttl` of `{key}`: {why}; make it shorter");
    errors.add(syn::Error::new(at, text));
}
