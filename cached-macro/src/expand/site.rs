//! The two values that every use of an entry needs: the shape of what is returned, and the site.

use proc_macro2::TokenStream;
use quote::quote;
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
        #[allow(unused_imports)]
        use #private::Opaque as _;
        #private::ErrorProbe::<#returned>::new().errors()
    }}
}

/// Declares `__shape` and `__site`.
///
/// `companion` is what the companion's path has behind the function's own, so that both agree.
pub(super) fn declare(memo: &Memo, returned: &Type, companion: &str) -> TokenStream {
    let Memo { function, prefix, version, key, policy, cache, .. } = memo;
    let Memo { tags, runtime, .. } = memo;
    let [site, builder, owner] = ["__site", "__key", "__function"].map(local);
    let private = quote!(#runtime::__private);
    let name = function.name();
    let statements = key::statements(function, key, memo.companion.is_none());
    let policy = policy::expression(policy, returned, runtime, companion.is_empty());
    let result_tags = result_tags(&tags.of_result);
    let tags = (!tags.of_arguments.is_empty()).then(|| {
        let names = tags::names(&tags.of_arguments, runtime);
        quote!(.tags(#names))
    });
    let cache = cache.as_ref().map(|cache| {
        let reference = key::reference(cache);
        quote!(.cache(#reference))
    });
    let shape = shape(returned, runtime);
    quote! {
        #shape
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
            #private::Site::new(#owner, #builder.finish(), #policy #result_tags) #tags #cache
        };
    }
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
