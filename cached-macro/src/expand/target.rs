//! The entry that a call stands for.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Expr, ExprCall, ExprMethodCall, ExprPath, PathArguments, parse_quote_spanned};

use crate::model::{Call, Place};
use crate::tokens::plain;

/// An expression of `Entry`: `get_user::entry(id)`, `Repo::get_user_entry(id)`, `repo.__get_user_entry(id)`.
pub(super) fn entry(call: &Call) -> TokenStream {
    match call {
        Call::Path { call, path, place } => {
            let path = match place {
                Place::Enum => beside_function(path),
                Place::Method => Expr::Path(beside_method(path)),
            };
            ExprCall { func: Box::new(path), ..call.clone() }.into_token_stream()
        }
        Call::Method(call) => {
            let method = by_method(&call.method);
            ExprMethodCall { method, ..call.clone() }.into_token_stream()
        }
    }
}

/// The method that makes an entry of the method `name`, for calls with a receiver.
pub(super) fn by_method(name: &Ident) -> Ident {
    format_ident!("__{}_entry", plain(name), span = generated_at(name))
}

/// What names the function, which errors about its entry are shown at.
pub(super) fn name(call: &Call) -> TokenStream {
    match call {
        Call::Path { path, .. } => quote!(#path),
        Call::Method(call) => call.method.to_token_stream(),
    }
}

/// `<get_user>::entry`: of a name that has to be a type, the compiler tells what else it is, or what it resembles.
fn beside_function(path: &ExprPath) -> Expr {
    let mut path = path.path.clone();
    let last = path.segments.last_mut().map(|last| {
        (std::mem::replace(&mut last.arguments, PathArguments::None), generated_at(&last.ident))
    });
    let (arguments, at) = last.unwrap_or((PathArguments::None, Span::mixed_site()));
    let ident = Ident::new("entry", at);
    parse_quote_spanned!(at=> <#path>::#ident #arguments)
}

fn beside_method(path: &ExprPath) -> ExprPath {
    let mut path = path.clone();
    if let Some(last) = path.path.segments.last_mut() {
        last.ident =
            format_ident!("{}_entry", plain(&last.ident), span = generated_at(&last.ident));
    }
    path
}

/// The place of a name, but known to lints as generated.
fn generated_at(name: &Ident) -> Span {
    Span::mixed_site().located_at(name.span())
}
