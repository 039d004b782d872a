//! `get_user::entry(..)` and `Self::get_user_entry(..)`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, Path};

use super::site;
use super::spans::{local, shown_at, start_of};
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
    match companion.place {
        Place::Method => {
            let ident = format_ident!("{name}_entry", span = generated_at(function));
            let link = function.ident();
            let docs = format!("The entry of [`{name}`](Self::{link}) for these arguments.");
            let entry = entry(function, companion, runtime, &quote!(#ident), &docs, body);
            quote!(#(#attrs)* #entry)
        }
        Place::Enum => {
            let ident = type_name(function);
            let docs = format!("The entries of `{name}`: see [`entry`](Self::entry).");
            let entry_docs = format!("The entry of `{name}` for these arguments.");
            let entry = entry(function, companion, runtime, &quote!(entry), &entry_docs, body);
            quote! {
                #(#attrs)*
                #[doc = #docs]
                #[allow(non_camel_case_types, dead_code)]
                #vis enum #ident {}
                #(#attrs)*
                impl #ident { #entry }
            }
        }
    }
}

fn entry(
    function: &Function,
    companion: &Companion,
    runtime: &Path,
    name: &TokenStream,
    docs: &str,
    body: &TokenStream,
) -> TokenStream {
    let vis = &function.vis;
    let generics = &function.generics().params;
    let clause = &function.generics().where_clause;
    let receiver = companion.asks_self.then(|| quote!(&self,));
    let arguments = companion.asked.iter().map(|index| {
        let Argument { pat, ty, cfgs, .. } = &function.arguments[*index];
        quote!(#(#cfgs)* #pat: #ty)
    });
    let value = value(function, runtime);
    quote! {
        #[doc = #docs]
        #[allow(dead_code, unused_variables)]
        #[allow(clippy::too_many_arguments, clippy::toplevel_ref_arg)]
        #vis fn #name<#generics>(#receiver #(#arguments),*) -> #runtime::Entry<#value> #clause {
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
