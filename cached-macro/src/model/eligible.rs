//! What keeps an attribute from a function.

use syn::visit::Visit as _;
use syn::{Signature, Type};

use super::argument::HasImplTrait;
use super::function::Form;
use crate::attr::Attribute;
use crate::errors::Errors;

/// What the attribute does to a function, or around it.
pub(super) fn does(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::RedisCache => "cache",
        Attribute::CacheInvalidate | Attribute::CachePut => "run",
    }
}

/// Reports what stands before a function or in its list of arguments.
pub(super) fn keywords(sig: &Signature, form: Form, attribute: Attribute, errors: &mut Errors) {
    let name = attribute.name();
    let can = match attribute {
        Attribute::RedisCache => "be cached".to_owned(),
        Attribute::CacheInvalidate | Attribute::CachePut => format!("have `#[{name}]`"),
    };
    if sig.asyncness.is_none() && form == Form::Async {
        let fix = "write `async fn`, or remove the attribute";
        let why = "waiting for Redis must not block a thread";
        errors.report(sig.fn_token, format_args!("only an `async fn` can {can}: {why}; {fix}"));
    }
    if let Some(constness) = sig.constness {
        errors.report(constness, format_args!("a `const fn` can't {can}: remove `const`"));
    }
    if let Some(abi) = &sig.abi {
        let text = "a function with a foreign ABI can't";
        errors.report(abi, format_args!("{text} {can}: remove `extern`"));
    }
    if let Some(variadic) = &sig.variadic {
        let why = "its arguments are unknown";
        errors.report(variadic, format_args!("a variadic function can't {can}: {why}"));
    }
}

/// Reports what is returned and can't be dealt with.
pub(super) fn output_type(output: &Type, attribute: Attribute, errors: &mut Errors) {
    let (needs_name, nothing) = match attribute {
        Attribute::RedisCache => ("a cached value is read back", "there is nothing to cache"),
        Attribute::CacheInvalidate => ("a `Result` may be behind it", "nothing is invalidated"),
        Attribute::CachePut => ("a `Result` may be behind it", "there is nothing to put"),
    };
    let mut impl_trait = HasImplTrait(false);
    impl_trait.visit_type(output);
    if impl_trait.0 {
        let fix = "name the type instead of `impl Trait`";
        errors.report(output, format_args!("{needs_name}, so its type needs a name: {fix}"));
    }
    if let Type::Never(never) = output {
        errors.report(never, format_args!("this function never returns, so {nothing}"));
    }
}
