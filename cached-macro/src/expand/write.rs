//! The function that writes: what it is about to change is marked before its body, and done with after it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Expr;

use super::function::Around;
use super::spans::{local, shown_at};
use super::{key, policy, site, tags, target};
use crate::model::{Effect, RESULT, Target, Write};
use crate::tokens::place_of;

pub(super) fn function(write: &Write) -> TokenStream {
    let Write { function, runtime, .. } = write;
    let marks = local("__write");
    let declare = before(write, &marks);
    let shape = site::shape(&function.returned.ty, runtime);
    let around = Around {
        before: quote!(#declare #shape),
        may_be_kept: false,
        method: "write",
        arguments: quote!(#marks),
        after: Some(after(write)),
        at: Span::mixed_site(),
    };
    around.function(function, runtime)
}

/// Statements that declare `__write`, and the entries that the values are for.
fn before(write: &Write, marks: &Ident) -> TokenStream {
    let Write { targets, tags, effect, lease, cache, runtime, .. } = write;
    let quiet = quiet();
    let known = targets.iter().enumerate().filter(|(_, target)| target.result.is_none());
    let entries = known.map(|(index, target)| {
        let cfgs = &target.cfgs;
        let call = target::entry(&target.call);
        match effect {
            Effect::Invalidate => {
                let call = quote!(&#call);
                quote!(#(#cfgs)* #quiet #marks.entry(#call);)
            }
            Effect::Put(_) => {
                let entry = entry(index);
                quote! {
                    #(#cfgs)*
                    #quiet
                    let #entry = #call;
                    #(#cfgs)*
                    #marks.put(&#entry);
                }
            }
        }
    });
    let cache = cache.as_ref().map(|cache| {
        let reference = key::reference(cache);
        quote!(#quiet #marks.cache(#reference);)
    });
    let tags = (!tags.of_arguments.is_empty()).then(|| {
        let names = tags::names(&tags.of_arguments, runtime);
        quote!(#quiet #marks.tags(#names);)
    });
    let lease = lease.as_ref().map(|lease| {
        let length = policy::length(lease, runtime);
        quote!(#quiet #marks.lease(#length);)
    });
    quote! {
        #[allow(unused_mut)]
        let mut #marks = #runtime::__private::Write::new();
        #(#entries)*
        #cache
        #tags
        #lease
    }
}

/// The closure that gets the result.
fn after(write: &Write) -> TokenStream {
    let Write { targets, tags, effect, runtime, .. } = write;
    let [value, done, builder] = ["__result", "__after", "__tags"].map(local);
    let quiet = quiet();
    let targets = targets.iter().enumerate().filter_map(|(index, target)| {
        let statements = match effect {
            Effect::Invalidate => invalidate(target, &value, &done)?,
            Effect::Put(new) => put(index, target, new.as_ref(), &value, &done),
        };
        let cfgs = &target.cfgs;
        Some(quote!(#(#cfgs)* #quiet { #statements }))
    });
    let tags = (!tags.of_result.is_empty()).then(|| {
        let statements = tags::of_result(&tags.of_result, &builder, &value);
        quote! {
            let mut #builder = #runtime::__private::TagNames::new();
            #statements
            #done.tags(#builder);
        }
    });
    quote!(move |#value, #done| { #(#targets)* #tags })
}

/// The others are known before.
fn invalidate(target: &Target, value: &Ident, done: &Ident) -> Option<TokenStream> {
    let result = bind_result(target.result?, value);
    let call = target::entry(&target.call);
    Some(quote!(#result #done.invalidate(&#call);))
}

fn put(
    index: usize,
    target: &Target,
    new: Option<&Expr>,
    value: &Ident,
    done: &Ident,
) -> TokenStream {
    let entry = entry(index);
    match new {
        // A result that is no value of the entry is shown at the call.
        None => {
            let value = shown_at(quote!(#value), &target::name(&target.call));
            quote!(#done.put(&#entry, #value);)
        }
        Some(new) => {
            let result = place_of(RESULT, new).map(|at| bind_result(at, value));
            let reference = key::reference(new);
            quote!(#result #done.put(&#entry, #reference);)
        }
    }
}

/// That an argument `_id` is used is no slip of its author.
fn quiet() -> TokenStream {
    quote!(#[allow(clippy::used_underscore_binding)])
}

/// `result` as the user's code at `at` sees it.
fn bind_result(at: Span, value: &Ident) -> TokenStream {
    let result = Ident::new(RESULT, at);
    quote!(let #result = #value;)
}

fn entry(index: usize) -> Ident {
    format_ident!("__entry{index}", span = Span::mixed_site())
}
