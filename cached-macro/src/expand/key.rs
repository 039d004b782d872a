//! The statements that feed the key.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprReference, GenericParam, Token};

use super::spans::{local, shown_at};
use crate::model::{Content, Function, Key, Owner, Piece, Variable};

/// Statements on `__key`. Both the function and its companion have them, in the same order.
///
/// A function that stands `alone`, without a companion, may belong to a trait, whose parameters only the type of
/// something inside of the function knows. A companion would have another place.
pub(super) fn statements(function: &Function, key: &Key, alone: bool) -> TokenStream {
    let builder = local("__key");
    let self_type = (function.owner == Owner::Type).then(|| quote!(#builder.self_type::<Self>();));
    let generics = function.generics().params.iter().map(|param| match param {
        GenericParam::Lifetime(_) => TokenStream::new(),
        GenericParam::Type(param) => {
            let name = &param.ident;
            quote!(#builder.type_arg::<#name>();)
        }
        GenericParam::Const(param) => {
            let name = &param.ident;
            quote!(#builder.const_arg(&#name);)
        }
    });
    let typed = key
        .typed
        .iter()
        .map(|Variable { name, cfgs, .. }| quote!(#(#cfgs)* #builder.type_of(&#name);));
    let place = alone.then(|| quote!(#builder.place(&|| ());));
    let content = content(&builder, &key.content);
    quote!(#self_type #(#generics)* #(#typed)* #place #content)
}

fn content(builder: &Ident, content: &Content) -> TokenStream {
    match content {
        Content::Arguments(variables) => {
            variables.iter().map(|variable| argument(builder, variable)).collect()
        }
        Content::Listed(exprs) => exprs
            .iter()
            .map(|expr| {
                let reference = reference(expr);
                quote!(#builder.arg(#reference);)
            })
            .collect(),
        Content::Template(pieces) => {
            pieces.iter().map(|piece| self::piece(builder, piece)).collect()
        }
    }
}

/// An argument that can't be serialized is shown at its type.
fn argument(builder: &Ident, Variable { name, ty, cfgs }: &Variable) -> TokenStream {
    let reference = shown_at(quote_spanned!(name.span()=> &#name), ty);
    quote!(#(#cfgs)* #builder.arg(#reference);)
}

pub(super) fn piece(builder: &Ident, piece: &Piece) -> TokenStream {
    match piece {
        Piece::Text(text) => quote!(#builder.literal(#text);),
        Piece::Value { expr, cfgs } => {
            let reference = reference(expr);
            quote!(#(#cfgs)* #builder.value(#reference);)
        }
    }
}

/// `&expr`, with parentheses where they are needed.
pub(super) fn reference(expr: &Expr) -> TokenStream {
    // Of the same context as the expression, so that errors show it to its end.
    let reference = ExprReference {
        attrs: Vec::new(),
        and_token: Token![&](expr.span()),
        mutability: None,
        expr: Box::new(expr.clone()),
    };
    reference.into_token_stream()
}
