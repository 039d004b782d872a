//! `option`, `option = value` and `option(..)`, separated by commas.
//!
//! A mistake in one option does not hide the next one: reading goes on behind the next comma.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Result, Token, TypePath, parenthesized, token};

use super::{Given, LocalOptions, Value};
use crate::errors::{Errors, fail};
use crate::nearest::nearest;

/// What the elements of one attribute's list can be.
pub(super) trait Elements {
    /// The names of all options, in the order of the documentation.
    fn names(&self) -> &'static [&'static str];

    /// What errors add to the word "option".
    fn owner(&self) -> &'static str {
        ""
    }

    fn named(&mut self, name: &str) -> Option<&mut Option<Given>>;

    /// Notes that there was an attempt at this option, or at some option.
    fn tried(&mut self, name: Option<&str>);

    /// Reads what comes next, unless it is an option.
    fn other(&mut self, _input: ParseStream<'_>) -> Result<bool> {
        Ok(false)
    }
}

pub(super) fn elements(args: TokenStream, elements: &mut impl Elements, errors: &mut Errors) {
    let read = |input: ParseStream<'_>| list(input, elements, errors);
    if let Err(error) = read.parse2(args) {
        errors.add(error);
    }
}

pub(super) fn list(
    input: ParseStream<'_>,
    elements: &mut impl Elements,
    errors: &mut Errors,
) -> Result<()> {
    while !input.is_empty() {
        if let Err(error) = element(input, elements, errors) {
            errors.add(error);
            skip_to_comma(input)?;
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

fn element(
    input: ParseStream<'_>,
    elements: &mut impl Elements,
    errors: &mut Errors,
) -> Result<()> {
    if elements.other(input)? {
        return Ok(());
    }
    if !input.peek(Ident::peek_any) {
        let rest = input.fork().parse::<TokenTree>()?;
        elements.tried(None);
        return fail(rest, "expected the name of an option, such as `ttl = 300`");
    }
    let key = input.call(Ident::parse_any)?;
    let name = key.to_string();
    elements.tried(Some(&name));
    let (names, owner) = (elements.names(), elements.owner());
    let Some(slot) = elements.named(&name) else {
        // Its value can't be judged; one message is enough.
        skip_to_comma(input)?;
        let meant = nearest(&name, names.iter().copied());
        elements.tried(Some(meant.unwrap_or(&name)));
        return fail(key, unknown(&name, meant, owner, names));
    };
    if slot.is_some() {
        errors.report(&key, format_args!("`{name}` is given twice: remove one of them"));
    }
    let value = value(input, &name, errors)?;
    slot.get_or_insert(Given { key, value });
    Ok(())
}

fn value(input: ParseStream<'_>, name: &str, errors: &mut Errors) -> Result<Value> {
    let value = if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        if matches!(name, "codec" | "crate") { path_or_expr(input)? } else { is(input, name)? }
    } else if input.peek(token::Paren) {
        let list;
        parenthesized!(list in input);
        if name == "local" {
            Value::Local(Box::new(LocalOptions::parse(&list, errors)?))
        } else {
            let list = Punctuated::<Expr, Token![,]>::parse_terminated(&list)?;
            Value::List(list.into_iter().collect())
        }
    } else {
        Value::Flag
    };
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(value);
    }
    let next = input.fork().parse::<TokenTree>()?;
    match value {
        Value::Flag => fail(next, format_args!("expected `=` or `,` after `{name}`")),
        _ => fail(next, format_args!("expected `,` after the value of `{name}`")),
    }
}

fn is(input: ParseStream<'_>, name: &str) -> Result<Value> {
    if input.is_empty() || input.peek(Token![,]) {
        let text = format!("expected a value after `{name} =`");
        return Err(Error::new(input.span(), text));
    }
    input.parse().map(Value::Is)
}

fn path_or_expr(input: ParseStream<'_>) -> Result<Value> {
    let ahead = input.fork();
    match ahead.parse::<TypePath>() {
        Ok(path) if ahead.is_empty() || ahead.peek(Token![,]) => {
            input.advance_to(&ahead);
            Ok(Value::Path(path))
        }
        _ => is(input, "codec"),
    }
}

fn skip_to_comma(input: ParseStream<'_>) -> Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

fn unknown(name: &str, meant: Option<&str>, owner: &str, names: &[&str]) -> String {
    match meant {
        Some(known) => format!("unknown option `{name}`{owner}: did you mean `{known}`?"),
        None => {
            format!("unknown option `{name}`{owner}: the options{owner} are {}", listed(names))
        }
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
