//! The lifetimes in types: whether there are any, and types for places where none is known, which are signatures
//! without arguments, and constants.

use proc_macro2::Ident;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    BoundLifetimes, GenericParam, Lifetime, ParenthesizedGenericArguments, TraitBound, Type,
    TypeFnPtr, TypeMacro, TypeReference, parse_quote,
};

/// Whether `ty` is spelled with a lifetime that may end.
pub(super) fn is_borrowed(ty: &Type) -> bool {
    Lifetimes::of(ty).end
}

/// Whether `ty` has no lifetime that may end, as far as an async function's signature can tell, which hides none.
pub(super) fn is_owned(ty: &Type) -> bool {
    let Lifetimes { end, macros, .. } = Lifetimes::of(ty);
    !end && !macros
}

/// Looks for lifetimes that may end.
#[derive(Default)]
struct Lifetimes {
    end: bool,
    /// Nobody knows what these become.
    macros: bool,
    /// Those of `for<'a>`, which are nobody's.
    bound: Vec<Ident>,
    /// In `fn(..)` and `Fn(..)`, where what is elided is their own.
    in_function: bool,
}

impl Lifetimes {
    fn of(ty: &Type) -> Self {
        let mut lifetimes = Self::default();
        lifetimes.visit_type(ty);
        lifetimes
    }

    fn within(
        &mut self,
        bound: Option<&BoundLifetimes>,
        in_function: bool,
        visit: impl FnOnce(&mut Self),
    ) {
        let (before, outside) = (self.bound.len(), self.in_function);
        self.bound.extend(bound.iter().flat_map(|bound| &bound.lifetimes).filter_map(|param| {
            match param {
                GenericParam::Lifetime(param) => Some(param.lifetime.ident.clone()),
                GenericParam::Type(_) | GenericParam::Const(_) => None,
            }
        }));
        self.in_function |= in_function;
        visit(self);
        self.bound.truncate(before);
        self.in_function = outside;
    }
}

impl<'ast> Visit<'ast> for Lifetimes {
    fn visit_lifetime(&mut self, Lifetime { ident, .. }: &'ast Lifetime) {
        let is_own =
            ident == "static" || self.in_function && ident == "_" || self.bound.contains(ident);
        self.end |= !is_own;
    }

    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        self.end |= reference.lifetime.is_none() && !self.in_function;
        visit::visit_type_reference(self, reference);
    }

    fn visit_type_macro(&mut self, _: &'ast TypeMacro) {
        self.macros = true;
    }

    fn visit_type_fn_ptr(&mut self, function: &'ast TypeFnPtr) {
        self.within(function.lifetimes.as_ref(), true, |visitor| {
            for input in &function.inputs {
                visitor.visit_type(&input.ty);
            }
            visitor.visit_return_type(&function.output);
        });
    }

    fn visit_parenthesized_generic_arguments(
        &mut self,
        arguments: &'ast ParenthesizedGenericArguments,
    ) {
        self.within(None, true, |visitor| {
            visit::visit_parenthesized_generic_arguments(visitor, arguments);
        });
    }

    fn visit_trait_bound(&mut self, bound: &'ast TraitBound) {
        self.within(bound.lifetimes.as_ref(), false, |visitor| visitor.visit_path(&bound.path));
    }
}

/// Makes lifetimes `'static`: the elided ones, and the `named` ones too where asked for.
///
/// A cached value is owned, so this changes nothing but parts that are not cached, such as errors.
pub(super) struct StaticLifetimes {
    pub(super) named: bool,
}

impl VisitMut for StaticLifetimes {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if self.named || lifetime.ident == "_" {
            *lifetime = parse_quote!('static);
        }
    }

    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        reference.lifetime.get_or_insert_with(|| parse_quote!('static));
        visit_mut::visit_type_reference_mut(self, reference);
    }

    // The lifetimes of a function type are its own.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_str;

    use super::is_borrowed;

    #[test]
    fn borrowed_is_what_may_end() {
        for ty in [
            "&str",
            "&'a str",
            "Cow<'_, str>",
            "Box<dyn Error + '_>",
            "Vec<(u8, &mut u8)>",
            "fn(&'a u8)",
            "impl Fn(&'a u8)",
            "Box<dyn for<'b> Fn(&'b u8) -> &'a u8>",
        ] {
            assert!(is_borrowed(&parse_str(ty).unwrap()), "{ty}");
        }
        for ty in [
            "u8",
            "&'static str",
            "Box<dyn Error>",
            "fn(&u8) -> Ref<'_, u8>",
            "for<'a> fn(&'a u8)",
            "impl Fn(&u8) -> &u8",
            "impl for<'a> Visit<'a> + 'static",
        ] {
            assert!(!is_borrowed(&parse_str(ty).unwrap()), "{ty}");
        }
    }
}
