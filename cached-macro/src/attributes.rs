//! The attributes on tokens: parse, check, expand.

use proc_macro2::TokenStream;
use quote::quote;

use crate::attr::{Attribute, Item, Options, WriteOptions};
use crate::errors::Errors;
use crate::expand;
use crate::model::{Memo, Write};

/// The tokens that replace a function below `#[redis_cache]`, errors among them.
///
/// On an error the function itself stays as it was, so that its callers bring no further errors.
pub(crate) fn redis_cache(args: TokenStream, input: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::parse(args, &mut errors);
    match item(Attribute::RedisCache, input, errors) {
        Ok((item, errors)) => match Memo::new(options, &item, errors) {
            Ok(memo) => expand::memo(&memo),
            Err(rejected) => expand::rejected(&rejected, &item),
        },
        Err(tokens) => tokens,
    }
}

/// The same for `#[cache_invalidate]` and `#[cache_put]`.
pub(crate) fn write(attribute: Attribute, args: TokenStream, input: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = WriteOptions::parse(attribute, args, &mut errors);
    match item(attribute, input, errors) {
        Ok((item, errors)) => match Write::new(options, &item, errors) {
            Ok(write) => expand::write(&write),
            Err(error) => {
                let messages = error.into_compile_error();
                quote!(#messages #item)
            }
        },
        Err(tokens) => tokens,
    }
}

/// The function below an attribute, or what stays of something else.
fn item(
    attribute: Attribute,
    input: &TokenStream,
    mut errors: Errors,
) -> Result<(Item, Errors), TokenStream> {
    match Item::parse(attribute, input) {
        Ok(item) => Ok((item, errors)),
        Err(error) => {
            errors.add(error);
            let messages = errors.finish().map(syn::Error::into_compile_error);
            Err(quote!(#messages #input))
        }
    }
}
