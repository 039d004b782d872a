//! `#[redis_cache]` on tokens: parse, check, expand.

use proc_macro2::TokenStream;
use quote::quote;

use crate::attr::{Item, Options};
use crate::errors::Errors;
use crate::expand;
use crate::model::Memo;

/// The tokens that replace the function, errors among them.
///
/// On an error the function itself stays as it was, so that its callers bring no further errors.
pub(crate) fn redis_cache(args: TokenStream, input: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::parse(args, &mut errors);
    let item = match syn::parse2::<Item>(input.clone()) {
        Ok(item) => item,
        Err(error) => {
            errors.add(error);
            let messages = errors.finish().map(syn::Error::into_compile_error);
            return quote!(#messages #input);
        }
    };
    match Memo::new(options, &item, errors) {
        Ok(memo) => expand::memo(&memo),
        Err(rejected) => expand::rejected(&rejected, &item),
    }
}
