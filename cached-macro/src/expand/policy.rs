//! The expression of a `Policy`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Path, Type};

use super::spans::{local, shown_at, start_of};
use crate::model::{Flight, Length, Local, Nones, Policy, Sharing, Staleness, Ttl, Window};

/// An expression of `Policy`, made from `__shape`, which knows the type of the value.
///
/// An entry has no use for what is said of `sharing` and of `local`.
pub(super) fn expression(
    policy: &Policy,
    returned: &Type,
    runtime: &Path,
    is_call: bool,
) -> TokenStream {
    let Policy { ttl, nones, sliding, ttl_jitter, cache_if, codec, max_size, .. } = policy;
    let Policy { staleness, sharing, local: kept, .. } = policy;
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
    let Staleness { while_revalidate, if_error, early } = staleness;
    let while_revalidate = while_revalidate.as_ref().map(|window| {
        let length = length(&window.length, runtime);
        quote!(.stale_while_revalidate(#length))
    });
    let early = early.as_ref().map(|beta| quote!(.early_refresh(#beta)));
    let sharing = is_call.then(|| self::sharing(sharing, runtime));
    let kept = kept.as_ref().filter(|_| is_call).map(|kept| in_process(kept, runtime));
    let policy = quote! {
        #new #ttl_jitter #sliding #cache_if #max_size #while_revalidate #early #sharing #kept
    };
    let policy = match nones {
        Nones::Cached => policy,
        Nones::Skipped(span) => at_option(*span, &policy, "skip_none", &TokenStream::new()),
        Nones::For(length, span) => {
            let length = self::length(length, runtime);
            at_option(*span, &policy, "none_ttl", &length)
        }
    };
    match if_error {
        None => policy,
        Some(Window { length, span }) => {
            let length = self::length(length, runtime);
            let shape = Ident::new("__shape", Span::mixed_site().located_at(*span));
            at_option(*span, &policy, "stale_if_error", &quote!(#shape, #length))
        }
    }
}

fn sharing(sharing: &Sharing, runtime: &Path) -> TokenStream {
    let Sharing { flight, lease, wait } = sharing;
    let flight = flight.map(|flight| {
        let flight = match flight {
            Flight::Cluster => quote!(Cluster),
            Flight::Process => quote!(Process),
            Flight::Off => quote!(Off),
        };
        quote!(.flight(#runtime::__private::Flight::#flight))
    });
    let [lease, wait] = [(lease, quote!(lease)), (wait, quote!(wait))].map(|(given, method)| {
        given.as_ref().map(|given| {
            let length = length(given, runtime);
            quote!(.#method(#length))
        })
    });
    quote!(#flight #lease #wait)
}

fn in_process(kept: &Local, runtime: &Path) -> TokenStream {
    let Local { ttl, max_size, untracked } = kept;
    let [ttl, untracked] =
        [(ttl, quote!(local_ttl)), (untracked, quote!(local_untracked))].map(|(given, method)| {
            given.as_ref().map(|given| {
                let length = length(given, runtime);
                quote!(.#method(#length))
            })
        });
    let max_size = max_size.as_ref().map(|bytes| quote!(.local_max_size(#bytes)));
    let keeper = local("__keeper");
    quote!(.local(#keeper) #ttl #max_size #untracked)
}

/// How values are kept, an expression of `Keeper`.
pub(super) fn keeper(returned: &Type, runtime: &Path) -> TokenStream {
    let private = quote!(#runtime::__private);
    // A value that can't be kept is shown at the return type; what depends on a lifetime, at its beginning.
    let by_clone = shown_at(quote!(#private::ByClone), returned);
    let at = Span::mixed_site().located_at(start_of(returned));
    let shape = Ident::new("__shape", at);
    let keeper = quote_spanned!(at=> #shape.value().keeper::<#by_clone>());
    quote! {{
        // Of use only where the value is no `Arc`.
        #[allow(unused_imports)]
        use #private::KeptByClone as _;
        #keeper
    }}
}

/// A function that the option is not for is shown at the option, which is why the receiver stands there too.
fn at_option(at: Span, policy: &TokenStream, method: &str, arguments: &TokenStream) -> TokenStream {
    let at = Span::mixed_site().located_at(at);
    let [name, method] = ["__policy", method].map(|name| Ident::new(name, at));
    quote!({
        let #name = #policy;
        #name.#method(#arguments)
    })
}

pub(super) fn length(length: &Length, runtime: &Path) -> TokenStream {
    match length {
        Length::Millis(millis, span) => {
            let duration = quote!(#runtime::__private::Duration);
            quote_spanned!(*span=> #duration::from_millis(#millis))
        }
        Length::Expr(expr) => quote!(#expr),
    }
}
