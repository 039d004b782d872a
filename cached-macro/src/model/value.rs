//! The kinds of values that options take, and what to say when it is another kind.

use std::fmt::Display;

use proc_macro2::Ident;
use syn::{Expr, ExprClosure, ExprLit, Lit, LitInt, LitStr, Path, PathArguments, Result, UnOp};

use crate::attr::{Given, Value};
use crate::errors::fail;

/// The expression behind `=`; `example` is a whole option as it should be written.
pub(super) fn expr(Given { key, value }: Given, example: &str) -> Result<Expr> {
    match value {
        Value::Is(expr) => Ok(peeled(expr)),
        Value::Path(path) => {
            Ok(Expr::Path(syn::ExprPath { attrs: path.attrs, qself: path.qself, path: path.path }))
        }
        Value::Flag => fail(&key, format_args!("`{key}` needs a value: write `{example}`")),
        Value::List(_) | Value::Local(_) => {
            fail(&key, format_args!("`{key}` takes its value behind `=`: write `{example}`"))
        }
    }
}

/// The elements between parentheses.
pub(super) fn list(Given { key, value }: Given, example: &str) -> Result<(Ident, Vec<Expr>)> {
    match value {
        Value::List(list) => Ok((key, list.into_iter().map(peeled).collect())),
        Value::Flag | Value::Is(_) | Value::Path(_) | Value::Local(_) => {
            fail(&key, format_args!("`{key}` takes a list: write `{example}`"))
        }
    }
}

/// An option that is written alone.
pub(super) fn flag(Given { key, value }: Given) -> Result<Ident> {
    match value {
        Value::Flag => Ok(key),
        Value::Is(expr) if matches!(lit(&expr), Some(Lit::Bool(lit)) if !lit.value) => {
            fail(expr, format_args!("`{key}` takes no value: remove the option to turn it off"))
        }
        Value::Is(_) | Value::Path(_) | Value::List(_) | Value::Local(_) => {
            fail(&key, format_args!("`{key}` takes no value: write `{key}` alone"))
        }
    }
}

/// A string that isn't empty.
pub(super) fn string(given: Given, example: &str) -> Result<LitStr> {
    let key = given.key.clone();
    let expr = expr(given, example)?;
    let Some(Lit::Str(text)) = lit(&expr) else {
        return fail(expr, format_args!("`{key}` takes a string literal: write `{example}`"));
    };
    if text.value().is_empty() {
        return fail(text, format_args!("`{key}` is empty: write `{example}`, or remove it"));
    }
    Ok(text.clone())
}

/// The literal that `expr` is, if it is one.
pub(super) fn lit(expr: &Expr) -> Option<&Lit> {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => Some(lit),
        Expr::Group(group) => lit(&group.expr),
        _ => None,
    }
}

/// The number of an integer literal; its suffix may only be one of an integer.
pub(super) fn integer(lit: &LitInt, what: impl Display) -> Result<u64> {
    if !matches!(lit.suffix(), "" | "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64") {
        let text = format!("{what} can't have the suffix `{}`: remove it", lit.suffix());
        return fail(lit, text);
    }
    lit.base10_parse().or_else(|_| fail(lit, format_args!("{what} is too large")))
}

/// Whether `expr` is a number with a minus before it.
pub(super) fn is_negative(expr: &Expr) -> bool {
    matches!(expr, Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) && lit(&unary.expr).is_some())
}

/// Checks a closure that is called with a reference to the value.
pub(super) fn of_value(key: &Ident, closure: &ExprClosure) -> Result<()> {
    if let Some(asyncness) = closure.asyncness {
        return fail(asyncness, format_args!("the closure of `{key}` can't be async"));
    }
    if closure.inputs.len() != 1 {
        let text = "takes one parameter, a reference to the value: write";
        return fail(closure, format_args!("the closure of `{key}` {text} `|value| ..`"));
    }
    Ok(())
}

/// The name that `path` is, if it is nothing more than a name.
pub(super) fn name(path: &Path) -> Option<&Ident> {
    let segment = path.segments.first()?;
    let alone = path.segments.len() == 1 && path.leading_colon.is_none();
    (alone && matches!(segment.arguments, PathArguments::None)).then_some(&segment.ident)
}

/// Without the invisible groups that a `macro_rules!` variable comes in.
fn peeled(mut expr: Expr) -> Expr {
    while let Expr::Group(group) = expr {
        expr = *group.expr;
    }
    expr
}
