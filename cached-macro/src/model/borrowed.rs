//! A cached value is read back from a store, so there is nothing that it could borrow from.

use syn::{GenericArgument, PathArguments, Type};

use crate::errors::Errors;

/// Reports a reference as the cached value, before the compiler does with many more words.
pub(super) fn check(returned: &Type, errors: &mut Errors) {
    if let Some(reference) = reference(returned) {
        let why = "a cached value is read back from the store, so it can't borrow";
        errors.report(reference, format_args!("{why}: return an owned type, such as `String`"));
    }
}

/// The reference that would be cached: the whole, or the first argument of a `Result` or `Option`.
fn reference(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Reference(_) => Some(ty),
        Type::Group(group) => reference(&group.elem),
        Type::Paren(paren) => reference(&paren.elem),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let PathArguments::AngleBracketed(list) = &last.arguments else { return None };
            let holds_value = last.ident == "Result" || last.ident == "Option";
            match list.args.first() {
                Some(GenericArgument::Type(ty)) if holds_value => reference(ty),
                _ => None,
            }
        }
        _ => None,
    }
}
