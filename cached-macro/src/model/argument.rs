//! The arguments of a function, and the variables that their patterns bind.

use proc_macro2::Ident;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Pat, PatIdent, PatType, Type, TypeImplTrait};

use crate::tokens::{Names, plain};

/// One argument that is no receiver.
pub(crate) struct Argument {
    /// Without `mut`: this is the pattern for the companions, which change nothing.
    pub(crate) pat: Pat,
    pub(crate) ty: Type,
    /// `#[cfg]`: whatever uses the argument has to stand under the same condition.
    pub(crate) cfgs: Vec<Attribute>,
    /// The variables, in order.
    pub(crate) bindings: Vec<Ident>,
    /// Whether one of them is a `ref`.
    pub(crate) binds_by_reference: bool,
    /// Whether its type has an `impl Trait` in it, a type parameter without a name.
    pub(crate) impl_trait: bool,
}

/// A variable that an argument's pattern binds.
pub(crate) struct Variable {
    pub(crate) name: Ident,
    /// The type of the whole argument, which errors point at.
    pub(crate) ty: Type,
    pub(crate) cfgs: Vec<Attribute>,
}

impl Argument {
    pub(super) fn new(typed: &PatType) -> Self {
        let mut bindings = Bindings::default();
        bindings.visit_pat(&typed.pat);
        let mut pat = (*typed.pat).clone();
        WithoutMut.visit_pat_mut(&mut pat);
        let mut impl_trait = HasImplTrait(false);
        impl_trait.visit_type(&typed.ty);
        Self {
            pat,
            ty: (*typed.ty).clone(),
            cfgs: cfgs(&typed.attrs),
            bindings: bindings.names,
            binds_by_reference: bindings.by_reference,
            impl_trait: impl_trait.0,
        }
    }

    /// Its variables that are `wanted`.
    pub(super) fn variables(&self, wanted: impl Fn(&Ident) -> bool) -> Vec<Variable> {
        let Self { ty, cfgs, bindings, .. } = self;
        let names = bindings.iter().filter(|name| wanted(name));
        names
            .map(|name| Variable { name: name.clone(), ty: ty.clone(), cfgs: cfgs.clone() })
            .collect()
    }

    /// Whether one of its variables is among `names`.
    pub(super) fn binds_one_of(&self, names: &Names) -> bool {
        self.bindings.iter().any(|binding| names.contains(&plain(binding)))
    }
}

/// The `#[cfg]`s of an item or an argument.
pub(crate) fn cfgs(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg")).cloned().collect()
}

#[derive(Default)]
struct Bindings {
    names: Vec<Ident>,
    by_reference: bool,
}

impl<'a> Visit<'a> for Bindings {
    fn visit_pat_ident(&mut self, pat: &'a PatIdent) {
        self.names.push(pat.ident.clone());
        self.by_reference |= pat.by_ref.is_some();
        visit::visit_pat_ident(self, pat);
    }
}

struct WithoutMut;

impl VisitMut for WithoutMut {
    fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
        if pat.by_ref.is_none() {
            pat.mutability = None;
        }
        visit_mut::visit_pat_ident_mut(self, pat);
    }
}

/// Whether an `impl Trait` is inside of a type.
pub(super) struct HasImplTrait(pub(super) bool);

impl<'a> Visit<'a> for HasImplTrait {
    fn visit_type_impl_trait(&mut self, _: &'a TypeImplTrait) {
        self.0 = true;
    }
}
