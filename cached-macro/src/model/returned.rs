//! What a function returns, and whether that is a `Result`.
//!
//! Inside of functions the compiler decides that by type, see `expand::site`. The companions have
//! to name the value's type in their signature, where only a constant can decide, and a constant
//! can't mention type parameters. So here the parameters are taken out of the type.

use quote::ToTokens;
use syn::visit_mut::VisitMut as _;
use syn::{
    ConstParam, Expr, GenericArgument, GenericParam, Generics, PathArguments, Type, TypePath,
    parse_quote,
};

use super::failure;
use super::function::Owner;
use super::lifetimes::StaticLifetimes;
use crate::tokens::{identifiers, plain};

/// The return type.
pub(crate) struct Returned {
    pub(crate) ty: Type,
    /// The same for signatures in which no lifetime can be elided.
    pub(crate) in_signature: Type,
    pub(crate) fallible: Fallible,
    /// Whether the compiler may be asked if the error can be copied.
    pub(crate) error_is_owned: bool,
}

/// Whether the return type is a `Result`, of which only the `Ok` is cached.
pub(crate) enum Fallible {
    Yes,
    No,
    /// As this type is, which mentions no parameters.
    Like(Box<Type>),
}

impl Returned {
    pub(super) fn new(ty: Type, generics: &Generics, owner: Owner) -> Self {
        let mut in_signature = ty.clone();
        StaticLifetimes { named: false }.visit_type_mut(&mut in_signature);
        let parameters = Parameters { generics, owner };
        let fallible = parameters.fallible(&ty);
        let error_is_owned =
            !matches!(fallible, Fallible::No) && failure::is_owned(&ty, &parameters);
        Self { ty, in_signature, fallible, error_is_owned }
    }
}

/// Whatever is inside of them, they are no `Result`, so nothing has to be asked.
const CONTAINERS: [&str; 12] = [
    "Vec", "Option", "Box", "Arc", "Rc", "Cow", "String", "HashMap", "BTreeMap", "HashSet",
    "BTreeSet", "VecDeque",
];

/// The parameters that a type may mention.
pub(super) struct Parameters<'a> {
    generics: &'a Generics,
    owner: Owner,
}

impl Parameters<'_> {
    fn fallible(&self, ty: &Type) -> Fallible {
        match ty {
            Type::Group(group) => self.fallible(&group.elem),
            Type::Paren(paren) => self.fallible(&paren.elem),
            Type::Path(path) => self.path_fallible(path),
            Type::Macro(_) => Fallible::Like(Box::new(ty.clone())),
            _ => Fallible::No,
        }
    }

    fn path_fallible(&self, path: &TypePath) -> Fallible {
        let segments = &path.path.segments;
        // With nothing between brackets, as in `fmt::Result`, it is as easily asked for.
        if segments.last().is_some_and(|last| last.ident == "Result" && !last.arguments.is_none()) {
            return Fallible::Yes;
        }
        if segments.last().is_some_and(|last| CONTAINERS.iter().any(|name| last.ident == name)) {
            return Fallible::No;
        }
        // A parameter has none of its own: `R<T>` is an alias.
        let parameter = segments
            .first()
            .is_some_and(|first| first.arguments.is_none() && self.has(&plain(&first.ident)));
        if path.qself.is_some() || parameter {
            return Fallible::No;
        }
        let mut path = path.clone();
        for segment in &mut path.path.segments {
            if let PathArguments::AngleBracketed(list) = &mut segment.arguments {
                list.args.iter_mut().for_each(|argument| self.take_out(argument));
            }
        }
        let mut ty = Type::Path(path);
        StaticLifetimes { named: true }.visit_type_mut(&mut ty);
        Fallible::Like(Box::new(ty))
    }

    /// Replaces an argument that mentions parameters with one that doesn't.
    fn take_out(&self, argument: &mut GenericArgument) {
        match argument {
            GenericArgument::Type(ty) if self.mentioned_in(&*ty) => {
                *argument = match self.const_param(ty) {
                    Some(param) => GenericArgument::Const(some_constant(param)),
                    None => GenericArgument::Type(parse_quote!(())),
                };
            }
            GenericArgument::Const(expr) if self.mentioned_in(&*expr) => {
                *expr = parse_quote!(0);
            }
            _ => {}
        }
    }

    fn const_param(&self, ty: &Type) -> Option<&ConstParam> {
        let Type::Path(path) = ty else { return None };
        self.generics.const_params().find(|param| path.path.is_ident(&param.ident))
    }

    pub(super) fn mentioned_in(&self, code: impl ToTokens) -> bool {
        identifiers(code).iter().any(|name| self.has(name))
    }

    fn has(&self, name: &str) -> bool {
        let mut own = self.generics.params.iter().filter_map(|param| match param {
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(param) => Some(&param.ident),
            GenericParam::Lifetime(_) => None,
        });
        name == "Self"
            || own.any(|param| plain(param) == name)
            || self.owner == Owner::Type && looks_like_parameter(name)
    }
}

/// The parameters of an `impl` are out of sight: `T`, `K2`, `DB`.
fn looks_like_parameter(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

fn some_constant(param: &ConstParam) -> Expr {
    match &param.ty {
        Type::Path(path) if path.path.is_ident("bool") => parse_quote!(false),
        Type::Path(path) if path.path.is_ident("char") => parse_quote!('\0'),
        _ => parse_quote!(0),
    }
}
