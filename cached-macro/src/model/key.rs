//! What tells the entries of a function apart.

use quote::{ToTokens as _, quote};
use syn::{Expr, Result};

use super::argument::{Argument, Variable};
use super::function::Function;
use super::pieces::{self, Piece};
use super::skip::Skip;
use super::{template, value};
use crate::attr::{Given, Value};
use crate::errors::{Errors, fail};
use crate::tokens::{Names, mentioned, plain};

/// The key of an entry, besides the function itself and its generic arguments.
pub(crate) struct Key {
    /// Variables whose type is an `impl Trait`, which is part of the key as type parameters are.
    pub(crate) typed: Vec<Variable>,
    pub(crate) content: Content,
    /// The variables that the key is made of.
    pub(crate) names: Names,
}

/// Where the content of the key comes from.
pub(crate) enum Content {
    Arguments(Vec<Variable>),
    Listed(Vec<Expr>),
    Template(Vec<Piece>),
}

impl Key {
    pub(super) fn new(
        given: Option<Given>,
        skip: Option<Given>,
        function: &Function,
        errors: &mut Errors,
    ) -> Option<Self> {
        let skip = match skip {
            Some(given) => Skip::new(given, function, errors)?,
            None => Skip::default(),
        };
        let content = match given {
            Some(given) => errors.keep(content(given, &skip, function))?,
            None => Content::Arguments(function.variables(|name| !skip.has(name))),
        };
        let names = content.names();
        check_skipped(&skip, &content, &names, errors);
        check_self(&skip, &names, function, errors);
        let typed = function.variables(|name| names.contains(&plain(name)));
        let typed = typed.into_iter().filter(|variable| is_impl_trait(variable, function));
        Some(Self { typed: typed.collect(), content, names })
    }
}

impl Content {
    fn names(&self) -> Names {
        match self {
            Self::Arguments(variables) => {
                variables.iter().map(|variable| plain(&variable.name)).collect()
            }
            Self::Listed(exprs) => mentioned(quote!(#(#exprs),*)),
            Self::Template(pieces) => pieces::mentioned_in(pieces),
        }
    }
}

fn content(given: Given, skip: &Skip, function: &Function) -> Result<Content> {
    if matches!(given.value, Value::List(_)) {
        let (key, list) = value::list(given, "key(id)")?;
        if list.is_empty() {
            return fail(
                key,
                "`key` lists nothing, so every call would share one entry: write `key(id)`",
            );
        }
        return Ok(Content::Listed(list));
    }
    let text = value::string(given, "key = \"user:{id}\"` or `key(id)")?;
    let parts = template::parse(&text)?;
    template::check_separators(&text, &parts)?;
    let pieces = pieces::of(&text, parts, function, &[])?;
    let constant = pieces.iter().all(|piece| matches!(piece, Piece::Text(_)));
    if constant && !function.variables(|name| !skip.has(name)).is_empty() {
        let fix = "name the arguments that tell calls apart, as in `{id}`, or skip them all";
        return fail(text, format_args!("every call would share one entry: {fix}"));
    }
    Ok(Content::Template(pieces))
}

fn is_impl_trait(variable: &Variable, function: &Function) -> bool {
    let binds = |argument: &&Argument| argument.bindings.contains(&variable.name);
    function.arguments.iter().find(binds).is_some_and(|argument| argument.impl_trait)
}

fn check_skipped(skip: &Skip, content: &Content, names: &Names, errors: &mut Errors) {
    if matches!(content, Content::Arguments(_)) {
        return;
    }
    for name in skip.names().iter().filter(|name| names.contains(&plain(name))) {
        let text = "is skipped, but `key` uses it: remove it from one of them";
        errors.report(name, format_args!("`{name}` {text}"));
    }
}

/// An instance may stand for a tenant, a user or a database, and nobody but the author knows.
fn check_self(skip: &Skip, names: &Names, function: &Function, errors: &mut Errors) {
    let Some(receiver) = function.receiver() else { return };
    if !skip.has_self() && !names.contains("self") {
        let text = "is `self` part of the key? if all instances give the same results, write \
                    `skip(self)`; if not, use it, as in `key(self.tenant, id)`";
        errors.report(receiver.to_token_stream(), text);
    }
}
