//! The checks of a function whose body may run after its call has returned.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Path;

use super::spans::shown_at;
use crate::model::{Argument, Memo};

/// Statements that have the compiler check every argument, each at its type. They do nothing.
pub(super) fn checks(memo: &Memo) -> TokenStream {
    let Memo { function, runtime, .. } = memo;
    let receiver = function.receiver().map(|receiver| {
        let name = &receiver.self_token;
        check(name, name.span, receiver, runtime)
    });
    let arguments = function.arguments.iter().flat_map(|argument| {
        let Argument { ty, cfgs, bindings, .. } = argument;
        bindings.iter().map(|name| {
            let check = check(name, name.span(), ty, runtime);
            quote!(#(#cfgs)* #check)
        })
    });
    quote! {
        // The user may name an argument so.
        #[allow(clippy::used_underscore_binding)]
        if false {
            #receiver
            #(#arguments)*
        }
    }
}

/// Shown at the type, whether it is not `Send`, which is about the argument, or not `'static`, about the call.
fn check(name: impl ToTokens, span: Span, at: &impl ToTokens, runtime: &Path) -> TokenStream {
    let argument = shown_at(quote_spanned!(span=> &#name), at);
    let call = shown_at(quote!(#runtime::__private::into_background(#argument)), at);
    quote!(#call;)
}
