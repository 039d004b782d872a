//! Templates whose holes are known to be about the arguments of a function, or its result.

use proc_macro2::Ident;
use syn::visit_mut::VisitMut;
use syn::{Arm, Attribute, Block, Expr, ExprClosure, ExprPath, LitStr, Result};

use super::function::Function;
use super::skip::unknown_argument;
use super::template::{self, Part};
use super::value;
use crate::tokens::{Names, mentioned, plain};

/// A part of a template.
pub(crate) enum Piece {
    Text(String),
    Value { expr: Expr, cfgs: Vec<Attribute> },
}

/// The pieces of `text`, whose holes may name the arguments of `function` and what else is `known`.
pub(super) fn of(
    text: &LitStr,
    parts: Vec<Part>,
    function: &Function,
    known: &[&str],
) -> Result<Vec<Piece>> {
    let piece = |part| match part {
        Part::Text(text) => Ok(Piece::Text(text)),
        Part::Hole(hole) => value(text, &hole, function, known),
    };
    parts.into_iter().map(piece).collect()
}

/// The names that the holes of a template mention.
pub(super) fn mentioned_in(pieces: &[Piece]) -> Names {
    let values = pieces.iter().filter_map(|piece| match piece {
        Piece::Text(_) => None,
        Piece::Value { expr, .. } => Some(mentioned(expr)),
    });
    values.flatten().collect()
}

fn value(text: &LitStr, hole: &str, function: &Function, known: &[&str]) -> Result<Piece> {
    // By name first: an argument `r#type` is `{type}` in a template.
    if let Some(variable) = function.variables(|name| plain(name) == hole).pop() {
        let mut name = variable.name.clone();
        name.set_span(name.span().located_at(text.span()));
        return Ok(Piece::Value { expr: syn::parse_quote!(#name), cfgs: variable.cfgs });
    }
    let mut expr = template::expression(text, hole)?;
    ByArguments(function).visit_expr_mut(&mut expr);
    if let Expr::Path(path) = &expr
        && let Some(name) = value::name(&path.path)
        && name != "self"
        && !known.iter().any(|known| name == known)
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
            self.0.variables(|name| plain(name) == wanted).pop().map(|found| found.name.span())
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
