//! The expression of a `Policy`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Path, Type};

use super::spans::{local, shown_at};
use crate::model::{Length, Nones, Policy, Ttl};

/// An expression of `Policy`, made from `__shape`, which knows the type of the value.
pub(super) fn expression(policy: &Policy, returned: &Type, runtime: &Path) -> TokenStream {
    let Policy { ttl, nones, sliding, ttl_jitter, cache_if, codec, max_size } = policy;
    let shape = local("__shape");
    let codec = match codec {
        // A value that can't be stored is shown at the return type.
        None => shown_at(quote!(#runtime::codec::Json), returned),
        Some(path) if path.qself.is_none() && path.path.is_ident("Json") => {
            shown_at(quote!(#runtime::codec::Json), path)
        }
        Some(path) => quote!(#path),
    };
    let new = match ttl {
        Ttl::Same(length) => {
            let length = self::length(length, runtime);
            quote!(#shape.policy::<#codec>(#length))
        }
        Ttl::ByValue(closure) => quote!(#shape.policy_with::<#codec>(#closure)),
    };
    let sliding = sliding.then(|| quote!(.sliding()));
    let ttl_jitter = ttl_jitter.as_ref().map(|fraction| quote!(.ttl_jitter(#fraction)));
    let cache_if = cache_if.as_ref().map(|predicate| quote!(.cache_if(#predicate)));
    let max_size = max_size.as_ref().map(|bytes| quote!(.max_size(#bytes)));
    let policy = quote!(#new #ttl_jitter #sliding #cache_if #max_size);
    match nones {
        Nones::Cached => policy,
        Nones::Skipped(span) => about_none(*span, &policy, "skip_none", &TokenStream::new()),
        Nones::For(length, span) => {
            let length = self::length(length, runtime);
            about_none(*span, &policy, "none_ttl", &length)
        }
    }
}

/// A value that is never `None` is shown at the option, which is why the receiver stands there too.
fn about_none(at: Span, policy: &TokenStream, method: &str, argument: &TokenStream) -> TokenStream {
    let at = Span::mixed_site().located_at(at);
    let [name, method] = ["__policy", method].map(|name| Ident::new(name, at));
    quote!({
        let #name = #policy;
        #name.#method(#argument)
    })
}

fn length(length: &Length, runtime: &Path) -> TokenStream {
    match length {
        Length::Millis(millis, span) => {
            let duration = quote!(#runtime::__private::Duration);
            quote_spanned!(*span=> #duration::from_millis(#millis))
        }
        Length::Expr(expr) => quote!(#expr),
    }
}
