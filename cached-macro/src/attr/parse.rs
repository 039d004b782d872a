//! `option`, `option = value` and `option(..)`, separated by commas.
//!
//! A mistake in one option does not hide the next one: reading goes on behind the next comma.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Expr, Result, Token, TypePath, parenthesized, token};

use super::{Given, Options, Value};
use crate::errors::{Errors, fail};
use crate::nearest::nearest;
use crate::tokens::mentions_self_type;

pub(super) fn options(args: TokenStream, errors: &mut Errors) -> Options {
    let mut options =
        Options { mentions_self_type: mentions_self_type(&args), ..Options::default() };
    let read = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Err(error) = option(input, &mut options, errors) {
                errors.add(error);
                skip_to_comma(input)?;
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    if let Err(error) = read.parse2(args) {
        errors.add(error);
    }
    options
}

fn option(input: ParseStream<'_>, options: &mut Options, errors: &mut Errors) -> Result<()> {
    if !input.peek(Ident::peek_any) {
        let rest = input.fork().parse::<TokenTree>()?;
        options.ttl_was_tried = true;
        return fail(rest, "expected the name of an option, such as `ttl = 300`");
    }
    let key = input.call(Ident::parse_any)?;
    let name = key.to_string();
    options.ttl_was_tried |= name == "ttl";
    let Some(slot) = options.named(&name) else {
        // Its value can't be judged; one message is enough.
        skip_to_comma(input)?;
        let meant = nearest(&name, Options::NAMES);
        options.ttl_was_tried |= meant == Some("ttl");
        return fail(key, unknown(&name, meant));
    };
    if slot.is_some() {
        errors.report(&key, format_args!("`{name}` is given twice: remove one of them"));
    }
    let value = value(input, &name)?;
    slot.get_or_insert(Given { key, value });
    Ok(())
}

fn value(input: ParseStream<'_>, name: &str) -> Result<Value> {
    let value = if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        if matches!(name, "codec" | "crate") { path_or_expr(input)? } else { is(input, name)? }
    } else if input.peek(token::Paren) {
        let list;
        parenthesized!(list in input);
        let list = Punctuated::<Expr, Token![,]>::parse_terminated(&list)?;
        Value::List(list.into_iter().collect())
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
        return Err(input.error(format_args!("expected a value after `{name} =`")));
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

fn unknown(name: &str, meant: Option<&str>) -> String {
    match meant {
        Some(known) => format!("unknown option `{name}`: did you mean `{known}`?"),
        None => format!("unknown option `{name}`: the options are {}", listed(&Options::NAMES)),
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
