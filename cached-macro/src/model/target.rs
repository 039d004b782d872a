//! The calls in `#[cache_invalidate(..)]` and `#[cache_put(..)]`: each stands for the entry of such a call.

use proc_macro2::Span;
use quote::{ToTokens as _, quote};
use syn::{Expr, ExprCall, ExprMethodCall, ExprPath, Result};

use super::companion::Place;
use super::function::Function;
use super::tags::{RESULT, ambiguous};
use crate::attr::Attribute;
use crate::errors::{Errors, fail};
use crate::tokens::{place_of, plain};

/// The entry of a call.
pub(crate) struct Target {
    pub(crate) call: Call,
    pub(crate) cfgs: Vec<syn::Attribute>,
    /// Where the call mentions `result`, so that it is known only after the body. Never so in `#[cache_put]`.
    pub(crate) result: Option<Span>,
}

/// The call as written.
pub(crate) enum Call {
    /// `get_user(id)`, `users::get_user(id)`, `Repo::get_user(id)`
    Path { call: ExprCall, path: ExprPath, place: Place },
    /// `self.get_user(id)`
    Method(ExprMethodCall),
}

impl Target {
    /// The targets among `exprs`; the others are reported.
    pub(super) fn all(
        exprs: Vec<Expr>,
        attribute: Attribute,
        function: &Function,
        errors: &mut Errors,
    ) -> Vec<Self> {
        let mut known = Vec::new();
        let mut targets = Vec::new();
        for expr in exprs {
            let text = expr.to_token_stream().to_string();
            if known.contains(&text) {
                errors.report(&expr, "this call is given twice: remove one of them");
            } else {
                targets.extend(errors.keep(Self::new(expr, attribute, function)));
            }
            known.push(text);
        }
        targets
    }

    fn new(expr: Expr, attribute: Attribute, function: &Function) -> Result<Self> {
        let result = place_of(RESULT, &expr);
        if result.is_some() && function.has_argument(RESULT) {
            return fail(expr, ambiguous());
        }
        if result.is_some() && attribute == Attribute::CachePut {
            return fail(expr, TOO_LATE);
        }
        let (call, attrs) = match expr {
            Expr::Call(mut call) => {
                let attrs = std::mem::take(&mut call.attrs);
                (Call::of_path(call)?, attrs)
            }
            Expr::MethodCall(mut call) => {
                let attrs = std::mem::take(&mut call.attrs);
                (Call::Method(call), attrs)
            }
            Expr::Group(group) => return Self::new(*group.expr, attribute, function),
            other => return fail(&other, no_call(&other)),
        };
        if let Some(attr) = attrs.iter().find(|attr| !attr.path().is_ident("cfg")) {
            return fail(attr, "only `#[cfg(..)]` can stand before a call: remove it");
        }
        Ok(Self { call, cfgs: attrs, result })
    }
}

impl Call {
    fn of_path(call: ExprCall) -> Result<Self> {
        match peeled(&call.func) {
            Expr::Path(path) => {
                let path = path.clone();
                let place = place(&path);
                Ok(Self::Path { call, path, place })
            }
            _ => fail(call, NAMELESS),
        }
    }
}

const TOO_LATE: &str = "`result` is known only after the body, too late to keep others from writing this entry: \
     use arguments, or empty the entry by `#[cache_invalidate(..)]` below this attribute";

const NAMELESS: &str =
    "this calls no function by its name: write a call of a cached function, as in `get_user(id)`";

/// What to write instead of something that is no call.
fn no_call(expr: &Expr) -> String {
    match expr {
        Expr::Path(path) => {
            let path = without_spaces(path);
            let why = "the arguments tell which of its entries is meant";
            format!("`{path}` is no call, and {why}: write the call, as in `{path}(id)`")
        }
        Expr::Await(inner) if is_call(&inner.base) => {
            "the call stands for its entry and does not run: remove `.await`".to_owned()
        }
        Expr::Try(inner) if is_call(&inner.expr) => {
            "the call stands for its entry and does not run: remove `?`".to_owned()
        }
        Expr::Reference(inner) if is_call(&inner.expr) => {
            "the call stands for its entry: remove `&`".to_owned()
        }
        Expr::Closure(_) => format!("a closure {NO_CALL}"),
        Expr::Macro(_) => format!("a macro {NO_CALL}"),
        Expr::Lit(_) => format!("a literal {NO_CALL}, and a tag as in `tags = [\"users\"]`"),
        _ => format!("this {NO_CALL}"),
    }
}

const NO_CALL: &str = "is no call of a cached function: write one, as in `get_user(id)`";

fn is_call(expr: &Expr) -> bool {
    match peeled(expr) {
        Expr::Call(_) | Expr::MethodCall(_) => true,
        Expr::Await(inner) => is_call(&inner.base),
        _ => false,
    }
}

fn without_spaces(path: &ExprPath) -> String {
    quote!(#path).to_string().replace(' ', "")
}

fn peeled(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => peeled(&group.expr),
        Expr::Paren(paren) => peeled(&paren.expr),
        _ => expr,
    }
}

/// A function of a type is known by the type's name, which begins with a capital.
fn place(path: &ExprPath) -> Place {
    let owner = path.path.segments.iter().rev().nth(1);
    let is_type = owner.is_some_and(|owner| plain(&owner.ident).starts_with(char::is_uppercase));
    if path.qself.is_some() || is_type { Place::Method } else { Place::Enum }
}
