//! A cached value is read back from a store, so there is nothing that it could borrow from. One that is kept in the
//! process stays there when the call is over.

use syn::{GenericArgument, PathArguments, Type};

use super::lifetimes;
use super::returned::{Fallible, Returned};
use crate::errors::Errors;

/// Reports what borrows, before the compiler does with many more words, or with too few.
pub(super) fn check(returned: &Returned, stores_json: bool, is_kept: bool, errors: &mut Errors) {
    if let Some(reference) = reference(&returned.ty).filter(|_| stores_json) {
        let why = "a cached value is read back from the store, so it can't borrow";
        errors.report(reference, format_args!("{why}: return an owned type, such as `String`"));
    } else if is_kept
        && let Some(value) = value(returned)
        && lifetimes::is_borrowed(value)
    {
        let why = "`local` keeps the value when the call is over, so it can't borrow";
        let fix = "return an owned type, or leave `local` out";
        errors.report(value, format_args!("{why}: {fix}"));
    }
}

/// What is cached, where the spelling tells.
fn value(returned: &Returned) -> Option<&Type> {
    match returned.fallible {
        Fallible::No => Some(&returned.ty),
        Fallible::Yes => first_argument(&returned.ty),
        Fallible::Like(_) => None,
    }
}

fn first_argument(ty: &Type) -> Option<&Type> {
    let path = match ty {
        Type::Group(group) => return first_argument(&group.elem),
        Type::Paren(paren) => return first_argument(&paren.elem),
        Type::Path(path) => path,
        _ => return None,
    };
    let PathArguments::AngleBracketed(list) = &path.path.segments.last()?.arguments else {
        return None;
    };
    list.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The reference that would be cached: the whole, or the first argument of a `Result` or `Option`.
fn reference(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Reference(_) => Some(ty),
        Type::Group(group) => reference(&group.elem),
        Type::Paren(paren) => reference(&paren.elem),
        Type::Path(path) => {
            let name = &path.path.segments.last()?.ident;
            let holds_value = name == "Result" || name == "Option";
            first_argument(ty).filter(|_| holds_value).and_then(reference)
        }
        _ => None,
    }
}
