//! The form that `#[async_trait]` gives to methods: `fn .. -> Pin<Box<dyn Future<Output = T> + ..>>`.

use syn::{GenericArgument, PathArguments, PathSegment, Type, TypeParamBound};

/// What the boxed future resolves to, if `ty` is one.
pub(super) fn output(ty: &Type) -> Option<Type> {
    let pinned = only_argument(last_segment(ty, "Pin")?)?;
    let boxed = only_argument(last_segment(pinned, "Box")?)?;
    let Type::TraitObject(object) = boxed else { return None };
    object.bounds.iter().find_map(|bound| match bound {
        TypeParamBound::Trait(bound) => {
            let segment = bound.path.segments.last().filter(|last| last.ident == "Future")?;
            arguments(segment)?.find_map(|argument| match argument {
                GenericArgument::AssocType(assoc) if assoc.ident == "Output" => {
                    Some(assoc.ty.clone())
                }
                _ => None,
            })
        }
        _ => None,
    })
}

fn last_segment<'a>(ty: &'a Type, name: &str) -> Option<&'a PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last().filter(|last| last.ident == name),
        Type::Group(group) => last_segment(&group.elem, name),
        Type::Paren(paren) => last_segment(&paren.elem, name),
        _ => None,
    }
}

fn only_argument(segment: &PathSegment) -> Option<&Type> {
    match arguments(segment)?.next()? {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

fn arguments(segment: &PathSegment) -> Option<impl Iterator<Item = &GenericArgument>> {
    match &segment.arguments {
        PathArguments::AngleBracketed(list) => Some(list.args.iter()),
        _ => None,
    }
}
