//! The shape of a function that can have one of the attributes.

use proc_macro2::{Group, Ident};
use quote::quote;
use syn::{FnArg, Generics, Receiver, ReturnType, Signature, Visibility};

use super::argument::{Argument, Variable};
use super::boxed;
use super::eligible::{does, keywords, output_type};
use super::returned::Returned;
use crate::attr::{Attribute, Item};
use crate::errors::Errors;
use crate::tokens::{mentions_self_type, plain};

/// A function that can have the attribute.
pub(crate) struct Function {
    pub(crate) attrs: Vec<syn::Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Group,
    pub(crate) form: Form,
    pub(crate) owner: Owner,
    pub(crate) returned: Returned,
    pub(crate) arguments: Vec<Argument>,
}

/// How the function is asynchronous.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `async fn`
    Async,
    /// `fn` with a `Pin<Box<dyn Future>>`, as `#[async_trait]` makes them.
    Boxed,
}

/// Where the function stands, as far as its tokens tell.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    Module,
    /// An `impl` or a `trait`: there is a `Self`.
    Type,
}

impl Function {
    /// Reports everything that keeps `attribute` from `item`.
    pub(super) fn new(
        item: &Item,
        attribute: Attribute,
        options_say_self: bool,
        errors: &mut Errors,
    ) -> Option<Self> {
        let Item { attrs, vis, sig, body } = item;
        let mut found = Errors::default();
        let output = match &sig.output {
            ReturnType::Default => syn::parse_quote_spanned!(sig.paren_token.span.close()=> ()),
            ReturnType::Type(_, ty) => (**ty).clone(),
        };
        let (form, output) = match (sig.asyncness, boxed::output(&output)) {
            (None, Some(inner)) => (Form::Boxed, inner),
            _ => (Form::Async, output),
        };
        keywords(sig, form, attribute, &mut found);
        if sig.asyncness.is_some() || form == Form::Boxed {
            output_type(&output, attribute, &mut found);
        }
        if body.is_none() {
            let (name, ident) = (attribute.name(), &sig.ident);
            let fix = format!("put `#[{name}]` on its implementations");
            found
                .report(ident, format_args!("`{ident}` has no body to {}: {fix}", does(attribute)));
        }
        if let Some(error) = found.finish() {
            errors.add(error);
            return None;
        }
        let Signature { generics, inputs, output: arrow, .. } = sig;
        let clause = &generics.where_clause;
        let says_self =
            options_say_self || mentions_self_type(quote!(#generics #inputs #arrow #clause #body));
        let owner = if says_self || sig.receiver().is_some() { Owner::Type } else { Owner::Module };
        let arguments = sig.inputs.iter().filter_map(|input| match input {
            FnArg::Receiver(_) => None,
            FnArg::Typed(typed) => Some(Argument::new(typed)),
        });
        Some(Self {
            attrs: attrs.clone(),
            vis: vis.clone(),
            sig: sig.clone(),
            body: body.clone()?,
            form,
            owner,
            returned: Returned::new(output, &sig.generics, owner),
            arguments: arguments.collect(),
        })
    }

    /// The name, without `r#`.
    pub(crate) fn name(&self) -> String {
        plain(&self.sig.ident)
    }

    pub(crate) fn ident(&self) -> &Ident {
        &self.sig.ident
    }

    pub(crate) fn generics(&self) -> &Generics {
        &self.sig.generics
    }

    /// All variables of the arguments that are `wanted`.
    pub(super) fn variables(&self, wanted: impl Fn(&Ident) -> bool) -> Vec<Variable> {
        self.arguments.iter().flat_map(|argument| argument.variables(&wanted)).collect()
    }

    /// Whether `name` is an argument, be it `self`.
    pub(super) fn has_argument(&self, name: &str) -> bool {
        let is_self = name == "self" && self.receiver().is_some();
        is_self || !self.variables(|variable| plain(variable) == name).is_empty()
    }

    pub(crate) fn receiver(&self) -> Option<&Receiver> {
        self.sig.receiver()
    }
}
