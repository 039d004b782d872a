//! The expression of a `Policy`.

use proc_macro2::TokenStream;
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
    let nones = match nones {
        Nones::Cached => TokenStream::new(),
        Nones::Skipped(span) => quote_spanned!(*span=> .skip_none()),
        Nones::For(length, span) => {
            let length = self::length(length, runtime);
            quote_spanned!(*span=> .none_ttl(#length))
        }
    };
    let sliding = sliding.then(|| quote!(.sliding()));
    let ttl_jitter = ttl_jitter.as_ref().map(|fraction| quote!(.ttl_jitter(#fraction)));
    let cache_if = cache_if.as_ref().map(|predicate| quote!(.cache_if(#predicate)));
    let max_size = max_size.as_ref().map(|bytes| quote!(.max_size(#bytes)));
    quote!(#new #ttl_jitter #sliding #nones #cache_if #max_size)
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
