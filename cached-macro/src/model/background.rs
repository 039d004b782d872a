//! What a body needs that may run after its call has returned: nothing that is borrowed.
//!
//! Types tell more than their spelling, but only the compiler knows them; `expand` has it check them too.

use quote::ToTokens;
use syn::{Ident, ReceiverKind};

use super::function::{Form, Function};
use super::lifetimes::is_borrowed;
use crate::errors::Errors;

/// Reports what keeps the body of a function with the option `key` in its call.
pub(super) fn check(key: &Ident, function: &Function, errors: &mut Errors) {
    if function.form == Form::Boxed {
        let why = "the refill runs in the background, and a boxed body can't outlive its call";
        let fix = "write a native `async fn`, or use `stale_if_error`";
        errors.report(
            key,
            format_args!("`{key}` can't be used below `#[async_trait]`: {why}; {fix}"),
        );
        return;
    }
    if let Some(receiver) = function.receiver() {
        let borrowed = match &receiver.kind {
            ReceiverKind::Reference(_, lifetime, _) => {
                lifetime.as_ref().is_none_or(|lifetime| lifetime.ident != "static")
            }
            ReceiverKind::Typed(_, ty) => is_borrowed(ty),
            _ => false,
        };
        if borrowed {
            report(key, receiver, "`self`", "`self: Arc<Self>`", errors);
        }
    }
    // Whether a conditional argument is there at all, only the compiler knows.
    for argument in function.arguments.iter().filter(|argument| argument.cfgs.is_empty()) {
        if is_borrowed(&argument.ty) {
            report(
                key,
                &argument.ty,
                "this argument",
                "it by value, as a `String` or an `Arc<..>`",
                errors,
            );
        } else if argument.binds_by_reference {
            report(key, &argument.pat, "this variable", "the name without `ref`", errors);
        }
    }
    let returned = &function.returned.ty;
    if is_borrowed(returned) {
        let why = "the refill runs in the background, and can't return something borrowed";
        let fix = "return an owned type, or use `stale_if_error`";
        errors.report(returned, format_args!("`{key}` needs an owned result: {why}; {fix}"));
    }
}

fn report(key: &Ident, at: impl ToTokens, what: &str, instead: &str, errors: &mut Errors) {
    let why = format!("the refill of `{key}` runs in the background, and {what} is borrowed");
    let fix = format!(
        "take {instead}, or use `stale_if_error` or `early_refresh`, which refill in the call"
    );
    errors.report(at, format_args!("{why}: {fix}"));
}
