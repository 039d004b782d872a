//! What tells the entries of a function apart.

use proc_macro2::Ident;
use quote::{ToTokens as _, quote};
use syn::visit_mut::VisitMut;
use syn::{Arm, Attribute, Block, Expr, ExprClosure, ExprPath, LitStr, Result, Type};

use super::argument::Argument;
use super::function::Function;
use super::skip::{Skip, unknown_argument};
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

/// A part of a template.
pub(crate) enum Piece {
    Text(String),
    Value { expr: Expr, cfgs: Vec<Attribute> },
}

/// A variable that an argument's pattern binds.
pub(crate) struct Variable {
    pub(crate) name: Ident,
    /// The type of the whole argument, which errors point at.
    pub(crate) ty: Type,
    pub(crate) cfgs: Vec<Attribute>,
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
            None => Content::Arguments(variables(function, |name| !skip.has(name))),
        };
        let names = content.names();
        check_skipped(&skip, &content, &names, errors);
        check_self(&skip, &names, function, errors);
        let typed = variables(function, |name| names.contains(&plain(name)));
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
            Self::Template(pieces) => pieces
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Text(_) => None,
                    Piece::Value { expr, .. } => Some(mentioned(expr)),
                })
                .flatten()
                .collect(),
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
    let pieces = template::parse(&text)?;
    let pieces: Result<Vec<Piece>> = pieces
        .into_iter()
        .map(|part| match part {
            template::Part::Text(text) => Ok(Piece::Text(text)),
            template::Part::Hole(hole) => hole_value(&text, &hole, function),
        })
        .collect();
    let pieces = pieces?;
    let constant = pieces.iter().all(|piece| matches!(piece, Piece::Text(_)));
    if constant && !variables(function, |name| !skip.has(name)).is_empty() {
        let fix = "name the arguments that tell calls apart, as in `{id}`, or skip them all";
        return fail(text, format_args!("every call would share one entry: {fix}"));
    }
    Ok(Content::Template(pieces))
}

fn hole_value(text: &LitStr, hole: &str, function: &Function) -> Result<Piece> {
    // By name first: an argument `r#type` is `{type}` in a template.
    if let Some(variable) = variables(function, |name| plain(name) == hole).pop() {
        let mut name = variable.name.clone();
        name.set_span(name.span().located_at(text.span()));
        return Ok(Piece::Value { expr: syn::parse_quote!(#name), cfgs: variable.cfgs });
    }
    let mut expr = template::expression(text, hole)?;
    ByArguments(function).visit_expr_mut(&mut expr);
    if let Expr::Path(path) = &expr
        && let Some(name) = value::name(&path.path)
        && name != "self"
        && !is_constant(name)
        && let Some(error) = unknown_argument(name, function)
    {
        return Err(error);
    }
    Ok(Piece::Value { expr, cfgs: Vec::new() })
}

/// Gives the names of arguments the hygiene of the argument: a macro may get the template, and write the function.
struct ByArguments<'a>(&'a Function);

impl VisitMut for ByArguments<'_> {
    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        let alone = path.path.segments.len() == 1;
        let Some(segment) = path.path.segments.first_mut().filter(|_| alone) else { return };
        let name = &mut segment.ident;
        let argument = if name == "self" {
            self.0.receiver().map(|receiver| receiver.self_token.span)
        } else {
            let wanted = plain(name);
            variables(self.0, |name| plain(name) == wanted).pop().map(|found| found.name.span())
        };
        if let Some(argument) = argument {
            name.set_span(argument.located_at(name.span()));
        }
    }

    // These may bind names of their own.
    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_block_mut(&mut self, _: &mut Block) {}
    fn visit_arm_mut(&mut self, _: &mut Arm) {}
}

fn is_constant(name: &Ident) -> bool {
    !name.to_string().contains(|c: char| c.is_lowercase())
}

/// All variables of the arguments that are `wanted`.
fn variables(function: &Function, wanted: impl Fn(&Ident) -> bool) -> Vec<Variable> {
    let of_argument = |argument: &Argument| {
        let Argument { ty, cfgs, bindings, .. } = argument;
        let names = bindings.iter().filter(|name| wanted(name));
        names
            .map(|name| Variable { name: name.clone(), ty: ty.clone(), cfgs: cfgs.clone() })
            .collect::<Vec<_>>()
    };
    function.arguments.iter().flat_map(of_argument).collect()
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
