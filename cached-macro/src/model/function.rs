//! Which functions can be cached, and what their shape is.

use proc_macro2::{Group, Ident};
use quote::quote;
use syn::visit::Visit as _;
use syn::{Attribute, FnArg, Generics, Receiver, ReturnType, Signature, Type, Visibility};

use super::argument::{Argument, HasImplTrait, Variable};
use super::boxed;
use super::returned::Returned;
use crate::attr::Item;
use crate::errors::Errors;
use crate::tokens::{mentions_self_type, plain};

/// A function that can be cached.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
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
    /// Reports everything that keeps `item` from being cached.
    pub(super) fn new(item: &Item, options_say_self: bool, errors: &mut Errors) -> Option<Self> {
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
        check_keywords(sig, form, &mut found);
        if sig.asyncness.is_some() || form == Form::Boxed {
            check_output(&output, &mut found);
        }
        if body.is_none() {
            let text = "has no body to cache: put `#[redis_cache]` on its implementations";
            found.report(&sig.ident, format_args!("`{}` {text}", sig.ident));
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

fn check_keywords(sig: &Signature, form: Form, errors: &mut Errors) {
    if sig.asyncness.is_none() && form == Form::Async {
        let fix = "write `async fn`, or remove the attribute";
        let why = "waiting for Redis must not block a thread";
        errors.report(sig.fn_token, format_args!("only an `async fn` can be cached: {why}; {fix}"));
    }
    if let Some(constness) = sig.constness {
        errors.report(constness, "a `const fn` can't be cached: remove `const`");
    }
    if let Some(abi) = &sig.abi {
        errors.report(abi, "a function with a foreign ABI can't be cached: remove `extern`");
    }
    if let Some(variadic) = &sig.variadic {
        errors.report(variadic, "a variadic function can't be cached: its arguments are unknown");
    }
}

fn check_output(output: &Type, errors: &mut Errors) {
    let mut impl_trait = HasImplTrait(false);
    impl_trait.visit_type(output);
    if impl_trait.0 {
        let fix = "name the type instead of `impl Trait`";
        errors.report(
            output,
            format_args!("a cached value is read back, so its type needs a name: {fix}"),
        );
    }
    if let Type::Never(never) = output {
        errors.report(never, "this function never returns, so there is nothing to cache");
    }
}
