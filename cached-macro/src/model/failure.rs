//! The error of a function, of which the calls that share a fill want copies.
//!
//! A copy has to be `'static`. The compiler can be asked whether a type is `Clone`, but not whether it is `'static`:
//! where a lifetime or a parameter keeps it from that, there is no answer but a compile error. So only those types are
//! asked about whose spelling has neither.

use syn::{GenericArgument, PathArguments, Type};

use super::lifetimes;
use super::returned::Parameters;

/// Whether the error in the type `returned` is `'static`, as far as its spelling tells.
pub(super) fn is_owned(returned: &Type, parameters: &Parameters<'_>) -> bool {
    let error = error(returned);
    lifetimes::is_owned(error) && !parameters.mentioned_in(error)
}

/// The part of a return type that its errors depend on: of a `Result<T, E>` the `E`, else the whole.
fn error(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => error(&group.elem),
        Type::Paren(paren) => error(&paren.elem),
        Type::Path(path) => {
            let last = path.path.segments.last().filter(|last| last.ident == "Result");
            let Some(PathArguments::AngleBracketed(list)) = last.map(|last| &last.arguments) else {
                return ty;
            };
            match list.args.iter().collect::<Vec<_>>()[..] {
                [GenericArgument::Type(_), GenericArgument::Type(error)] => error,
                _ => ty,
            }
        }
        _ => ty,
    }
}
