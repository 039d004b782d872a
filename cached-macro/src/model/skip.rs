//! `skip(db, self)`: what is no part of the key.

use proc_macro2::Ident;
use syn::{Expr, Result};

use super::function::Function;
use super::value;
use crate::attr::Given;
use crate::errors::{Errors, fail};
use crate::nearest::nearest;
use crate::tokens::plain;

/// The skipped names, as written.
#[derive(Default)]
pub(super) struct Skip(Vec<Ident>);

impl Skip {
    pub(super) fn new(given: Given, function: &Function, errors: &mut Errors) -> Option<Self> {
        let (key, list) = errors.keep(value::list(given, "skip(db)"))?;
        if list.is_empty() {
            errors.report(&key, "`skip` names nothing: write `skip(db)`, or remove it");
        }
        let mut skip = Self::default();
        for element in list {
            let Some(name) = errors.keep(name(element, function)) else { continue };
            if skip.has(&name) {
                errors.report(&name, format_args!("`{name}` is skipped twice: remove one of them"));
            } else {
                skip.0.push(name);
            }
        }
        Some(skip)
    }

    pub(super) fn has(&self, name: &Ident) -> bool {
        self.0.iter().any(|skipped| plain(skipped) == plain(name))
    }

    pub(super) fn has_self(&self) -> bool {
        self.0.iter().any(|skipped| skipped == "self")
    }

    pub(super) fn names(&self) -> &[Ident] {
        &self.0
    }
}

/// An argument of the function.
fn name(element: Expr, function: &Function) -> Result<Ident> {
    let name = match &element {
        Expr::Path(path) if path.qself.is_none() => value::name(&path.path).cloned(),
        Expr::Infer(underscore) => {
            return fail(underscore, "`_` is never part of the key: remove it from `skip`");
        }
        _ => None,
    };
    let Some(name) = name else {
        return fail(element, "`skip` takes names of arguments: write `skip(db)`");
    };
    if name == "self" {
        return match function.receiver() {
            Some(_) => Ok(name),
            None => fail(name, "this function has no `self`: remove it from `skip`"),
        };
    }
    unknown_argument(&name, function).map_or(Ok(name), Err)
}

/// The error for a name that is no argument.
pub(super) fn unknown_argument(name: &Ident, function: &Function) -> Option<syn::Error> {
    let wanted = plain(name);
    let known: Vec<String> =
        function.arguments.iter().flat_map(|argument| &argument.bindings).map(plain).collect();
    if known.contains(&wanted) {
        return None;
    }
    let hint = match nearest(&wanted, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "it has no named arguments".to_owned(),
        None => format!("its arguments are `{}`", known.join("`, `")),
    };
    let message = format!("`{wanted}` is no argument of `{}`: {hint}", function.name());
    Some(syn::Error::new_spanned(name, message))
}
