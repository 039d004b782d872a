//! The statements that feed tags.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Path;

use super::key;
use super::spans::local;
use crate::model::{RESULT, Tag};

/// An expression of `TagNames` with all of them.
pub(super) fn names(tags: &[Tag], runtime: &Path) -> TokenStream {
    let builder = local("__tags");
    let statements = tags.iter().map(|tag| statements(&builder, tag));
    quote!({
        let mut #builder = #runtime::__private::TagNames::new();
        #(#statements)*
        #builder
    })
}

/// Statements on `__tags` for tags that mention `result`, which is `value` to them.
pub(super) fn of_result(tags: &[Tag], builder: &Ident, value: &Ident) -> TokenStream {
    let blocks = tags.iter().map(|tag| {
        let result = Ident::new(RESULT, tag.span);
        let statements = statements(builder, tag);
        quote!({
            let #result = #value;
            #statements
        })
    });
    quote!(#(#blocks)*)
}

fn statements(builder: &Ident, tag: &Tag) -> TokenStream {
    let pieces = tag.pieces.iter().map(|piece| key::piece(builder, piece));
    quote! {
        #builder.begin();
        #(#pieces)*
    }
}
