//! `get_user::entry(..)`, and `Self::get_user_entry(..)` with a form for calls with a receiver.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, GenericParam, Path};

use super::spans::{local, shown_at, start_of};
use super::{site, target};
use crate::model::{Argument, Companion, Fallible, Function, Memo, Place, cfgs};

/// The companion of a cached function.
pub(super) fn of(memo: &Memo, companion: &Companion) -> TokenStream {
    let Memo { function, runtime, .. } = memo;
    let site = local("__site");
    let suffix = match companion.place {
        Place::Enum => "::entry",
        Place::Method => "_entry",
    };
    let declare = site::declare(memo, &function.returned.in_signature, suffix);
    // If the signature has another value than the body, that is shown at the return type.
    let found = shown_at(quote!(#site), &function.returned.ty);
    let body = quote!(#declare #runtime::__private::entry(#found));
    place(function, companion, runtime, &body)
}

/// A companion for a function whose attribute has errors.
pub(super) fn declared(function: &Function, companion: &Companion, runtime: &Path) -> TokenStream {
    place(function, companion, runtime, &quote!(loop {}))
}

fn place(
    function: &Function,
    companion: &Companion,
    runtime: &Path,
    body: &TokenStream,
) -> TokenStream {
    let vis = &function.vis;
    let attrs = conditions(&function.attrs);
    let name = function.name();
    let arguments = arguments(function, companion);
    match companion.place {
        Place::Method => {
            let ident = format_ident!("{name}_entry", span = generated_at(function));
            let link = function.ident();
            let docs = format!("The entry of [`{name}`](Self::{link}) for these arguments.");
            let docs = quote!(#[doc = #docs]);
            let entry = entry(function, runtime, &docs, &ident, &arguments, body);
            let method =
                companion.by_method.then(|| by_method(function, companion, runtime, &ident));
            let method = method.map(|method| quote!(#(#attrs)* #method));
            quote!(#(#attrs)* #entry #method)
        }
        Place::Enum => {
            let ident = type_name(function);
            let docs = format!("The entries of `{name}`: see [`entry`](Self::entry).");
            let entry_docs = format!("The entry of `{name}` for these arguments.");
            let entry_docs = quote!(#[doc = #entry_docs]);
            let entry_name = Ident::new("entry", Span::call_site());
            let entry = entry(function, runtime, &entry_docs, &entry_name, &arguments, body);
            quote! {
                #(#attrs)*
                #[doc = #docs]
                // It has the name of the function, and nothing need use it.
                #[allow(non_camel_case_types, dead_code)]
                #vis enum #ident {}
                #(#attrs)*
                impl #ident { #entry }
            }
        }
    }
}

/// What the companion is called with.
fn arguments(function: &Function, companion: &Companion) -> TokenStream {
    let receiver = companion.asks_self.then(|| quote!(&self,));
    let arguments = companion.asked.iter().map(|index| {
        let Argument { pat, ty, cfgs, .. } = &function.arguments[*index];
        quote!(#(#cfgs)* #pat: #ty)
    });
    quote!(#receiver #(#arguments),*)
}

/// The companion for `repo.get_user(id)` in other attributes, which know no type: it calls the one above it.
fn by_method(
    function: &Function,
    companion: &Companion,
    runtime: &Path,
    entry: &Ident,
) -> TokenStream {
    let ident = target::by_method(function.ident());
    let types = companion.asked.iter().map(|index| &function.arguments[*index].ty);
    let names: Vec<Ident> =
        (0..companion.asked.len()).map(|at| local(&format!("__{at}"))).collect();
    let arguments = quote!(&self #(, #names: #types)*);
    let receiver = companion.asks_self.then(|| quote!(self,));
    let parameters = function.generics().params.iter().filter_map(|param| match param {
        GenericParam::Lifetime(_) => None,
        GenericParam::Type(param) => Some(&param.ident),
        GenericParam::Const(param) => Some(&param.ident),
    });
    let body = quote!(Self::#entry::<#(#parameters),*>(#receiver #(#names),*));
    // The receiver may be no part of the key.
    let quiet = quote!(#[doc(hidden)] #[allow(clippy::unused_self)]);
    self::entry(function, runtime, &quiet, &ident, &arguments, &body)
}

fn entry(
    function: &Function,
    runtime: &Path,
    attrs: &TokenStream,
    name: &Ident,
    arguments: &TokenStream,
    body: &TokenStream,
) -> TokenStream {
    let vis = &function.vis;
    let generics = &function.generics().params;
    let clause = &function.generics().where_clause;
    let value = value(function, runtime);
    quote! {
        #attrs
        // Nothing need use it, and its arguments are those of the function, whether in the key or not.
        #[allow(dead_code, unused_variables)]
        #[allow(clippy::too_many_arguments, clippy::toplevel_ref_arg)]
        #vis fn #name<#generics>(#arguments) -> #runtime::Entry<#value> #clause {
            #body
        }
    }
}

/// The type of the cached value, for a signature, with its errors shown at the return type.
fn value(function: &Function, runtime: &Path) -> TokenStream {
    let returned = &function.returned.in_signature;
    let at = start_of(&function.returned.ty);
    let private = quote_spanned!(at=> #runtime::__private);
    let fallible = match &function.returned.fallible {
        Fallible::Yes => quote!(true),
        Fallible::No => quote!(false),
        Fallible::Like(ty) => quote! {{
            // Of use only where the type has no such method itself.
            #[allow(unused_imports)]
            use #private::Whole as _;
            <#private::Probe<#ty>>::FALLIBLE
        }},
    };
    quote_spanned!(at=> <#returned as #private::Returned<#fallible>>::Value)
}

/// Where the function doesn't exist or hides, so does the companion.
fn conditions(attrs: &[Attribute]) -> Vec<Attribute> {
    let hidden = |attr: &&Attribute| {
        attr.path().is_ident("doc")
            && attr.parse_args::<Ident>().is_ok_and(|argument| argument == "hidden")
    };
    cfgs(attrs).into_iter().chain(attrs.iter().filter(hidden).cloned()).collect()
}

/// The function's name as the name of the enum.
fn type_name(function: &Function) -> Ident {
    let name = function.ident();
    let at = generated_at(function);
    // A keyword of this crate's edition, and a name in the user's.
    if name == "gen" {
        return Ident::new_raw("gen", at);
    }
    let mut name = name.clone();
    name.set_span(at);
    name
}

/// The place of the function's name, but known to lints as generated.
fn generated_at(function: &Function) -> Span {
    Span::mixed_site().located_at(function.ident().span())
}
