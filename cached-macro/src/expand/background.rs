//! The checks of a function whose body may run after its call has returned.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::spans::shown_at;
use crate::model::{Argument, Memo};

/// Statements that have the compiler check every argument, each at its type. They do nothing.
pub(super) fn checks(memo: &Memo) -> TokenStream {
    let Memo { function, runtime, .. } = memo;
    let check = quote!(#runtime::__private::into_background);
    let receiver = function.receiver().map(|receiver| {
        let name = &receiver.self_token;
        let reference = shown_at(quote!(&#name), receiver);
        quote!(#check(#reference);)
    });
    let arguments = function.arguments.iter().flat_map(|argument| {
        let Argument { ty, cfgs, bindings, .. } = argument;
        bindings.iter().map(|name| {
            let reference = shown_at(quote_spanned!(name.span()=> &#name), ty);
            quote!(#(#cfgs)* #check(#reference);)
        })
    });
    quote! {
        #[allow(clippy::used_underscore_binding)]
        if false {
            #receiver
            #(#arguments)*
        }
    }
}
