//! The code that replaces the function. Nothing here can fail.
//!
//! Every path is absolute and every local name has hygiene of its own, so modules may shadow
//! `std`, `Option` or `Ok`, and expressions of the user see only what stands in their code.

mod background;
mod companion;
mod function;
mod key;
mod policy;
mod site;
mod spans;
mod tags;
mod target;
mod write;

use proc_macro2::TokenStream;
use quote::quote;

use crate::attr::Item;
use crate::model::{Memo, Rejected, Write};

/// A cached function and its companion.
pub(crate) fn memo(memo: &Memo) -> TokenStream {
    let function = function::cached(memo);
    let companion = memo.companion.as_ref().map(|companion| companion::of(memo, companion));
    quote!(#function #companion)
}

/// The function as it was, with the errors and a companion that only declares itself.
pub(crate) fn rejected(rejected: &Rejected, item: &Item) -> TokenStream {
    let errors = rejected.error.to_compile_error();
    let companion = rejected
        .known
        .as_ref()
        .map(|(function, companion, runtime)| companion::declared(function, companion, runtime));
    quote!(#errors #item #companion)
}

/// A function with what is done before and after its body.
pub(crate) fn write(write: &Write) -> TokenStream {
    write::function(write)
}
