//! The two values that every use of an entry needs: the shape of what is returned, and the site.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Path, Type};

use super::spans::local;
use super::{key, policy, tags};
use crate::model::{Memo, Tag};

/// How the errors of a function are copied, an expression of `Errors`.
pub(super) fn errors(memo: &Memo) -> TokenStream {
    let Memo { function, runtime, .. } = memo;
    let returned = &function.returned.ty;
    let private = quote!(#runtime::__private);
    if !function.returned.error_is_owned {
        return quote!(#private::Errors::none());
    }
    quote! {{
        // Of use only where the error can't be copied.
        #[allow(unused_imports)]
        use #private::Opaque as _;
        #private::ErrorProbe::<#returned>::new().errors()
    }}
}

/// Declares `__shape` and `__site`.
///
/// `companion` is what the companion's path has behind the function's own, so that both agree. In a function with `local`,
/// `__site` is a `Result`, whose error is the value that is kept in the process: where there is one, nothing else is made.
pub(super) fn declare(memo: &Memo, returned: &Type, companion: &str) -> TokenStream {
    let Memo { function, prefix, version, key, policy, .. } = memo;
    let Memo { runtime, .. } = memo;
    let [site, builder, owner] = ["__site", "__key", "__function"].map(local);
    let private = quote!(#runtime::__private);
    let name = function.name();
    let statements = key::statements(function, key, memo.companion.is_none());
    let is_call = companion.is_empty();
    let policy_of = policy::expression(policy, returned, runtime, is_call);
    let result_tags = result_tags(&memo.tags.of_result);
    let is_sought = is_call && policy.local.is_some();
    let Parts { declared, added, borrowed } = parts(memo, is_sought);
    let new = quote! {
        #private::Site::new(#owner, #builder.finish(), #policy_of #result_tags) #added
    };
    let new = if is_sought {
        let [keeper, kept] = ["__keeper", "__kept"].map(local);
        let keeper_of = policy::keeper(returned, runtime);
        quote! {
            let #keeper = #keeper_of;
            match #private::Sought::new(&mut #builder, #keeper) #borrowed .find() {
                #private::Option::Some(#kept) => #private::Result::Err(#kept),
                #private::Option::None => #private::Result::Ok(#new),
            }
        }
    } else {
        new
    };
    let shape = shape(returned, runtime);
    quote! {
        #shape
        // The user may name an argument so.
        #[allow(clippy::used_underscore_binding)]
        let #site = {
            // Items have no hygiene: in blocks of their own, no expression of the user sees them.
            let #owner = {
                static FUNCTION: #private::Function = #private::Function::new(
                    #name, #prefix, #version,
                    ::core::file!(), ::core::line!(), ::core::column!(),
                )
                .in_binary(::core::option_env!("CARGO_BIN_NAME"));
                &FUNCTION
            };
            let mut #builder = #private::KeyBuilder::new(#owner, {
                fn __path() {}
                #private::path_of(&__path, #companion)
            });
            #statements
            #declared
            #new
        };
    }
}

/// What a site has beside the key and the policy.
#[derive(Default)]
struct Parts {
    /// Statements: of what is used twice.
    declared: TokenStream,
    /// Calls on a `Site`.
    added: TokenStream,
    /// Calls on what is sought.
    borrowed: TokenStream,
}

fn parts(memo: &Memo, is_sought: bool) -> Parts {
    let mut parts = Parts::default();
    let mut add = |method: &str, value: TokenStream, borrow: TokenStream| {
        let (method, name) = (format_ident!("{method}"), local(&format!("__its_{method}")));
        if is_sought {
            parts.declared.extend(quote!(let #name = #value;));
            parts.borrowed.extend(quote!(.#method(#borrow #name)));
            parts.added.extend(quote!(.#method(#name)));
        } else {
            parts.added.extend(quote!(.#method(#value)));
        }
    };
    if !memo.tags.of_arguments.is_empty() {
        add("tags", tags::names(&memo.tags.of_arguments, &memo.runtime), quote!(&));
    }
    if let Some(cache) = &memo.cache {
        add("cache", key::reference(cache), TokenStream::new());
    }
    parts
}

/// Declares `__shape`.
pub(super) fn shape(returned: &Type, runtime: &Path) -> TokenStream {
    let shape = local("__shape");
    let private = quote!(#runtime::__private);
    quote! {
        // A method of `Probe<Result<T, E>>` itself goes before the trait's, so the compiler decides
        // by type, in generic code too, whether this is a `Result`.
        let #shape = {
            #[allow(unused_imports)]
            use #private::Whole as _;
            #private::Probe::<#returned>::new().shape()
        };
    }
}

/// What the tags that mention `result` add to the policy.
fn result_tags(of_result: &[Tag]) -> Option<TokenStream> {
    let [result, builder] = ["__result", "__tags"].map(local);
    (!of_result.is_empty()).then(|| {
        let statements = tags::of_result(of_result, &builder, &result);
        quote!(.result_tags(|#result, #builder| { #statements }))
    })
}
