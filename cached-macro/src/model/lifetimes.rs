//! Types for places where no lifetime is known: signatures without arguments, and constants.

use syn::visit_mut::{self, VisitMut};
use syn::{Lifetime, ParenthesizedGenericArguments, TypeFnPtr, TypeReference, parse_quote};

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
