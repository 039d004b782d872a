//! The function itself: one call into the runtime, with the body in a closure.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::ReturnType;

use super::spans::{local, start_of};
use super::{background, site};
use crate::model::{Form, Function, Memo, Window};

/// The function with its signature and attributes untouched.
pub(super) fn cached(memo: &Memo) -> TokenStream {
    let Function { attrs, vis, sig, body, form, returned, .. } = &memo.function;
    let runtime = &memo.runtime;
    let [shape, site] = ["__shape", "__site"].map(local);
    let declare = site::declare(memo, &returned.ty, "");
    let errors = site::errors(memo);
    let (inner_attrs, statements) = split_inner_attributes(body);
    let block = match form {
        Form::Async => {
            let body = async_body(memo, &statements);
            let (checks, at, method) = match &memo.policy.staleness.while_revalidate {
                None => (None, Span::mixed_site(), "call"),
                Some(Window { span, .. }) => {
                    // What keeps the body in its call is shown at the option.
                    let at = Span::mixed_site().located_at(*span);
                    (Some(background::checks(memo)), at, "call_in_background")
                }
            };
            let [shape, method] = ["__shape", method].map(|name| Ident::new(name, at));
            let call = quote_spanned! {at=>
                #shape.#method(#site, #errors, move || async move { #body }).await
            };
            quote!(#checks #declare #call)
        }
        Form::Boxed => {
            let future = match &sig.output {
                ReturnType::Type(_, ty) => quote!(-> #ty),
                ReturnType::Default => TokenStream::new(),
            };
            quote! {
                #runtime::__private::Box::pin(async move {
                    #declare
                    #shape.call(#site, #errors, move || #future { #statements }).await
                })
            }
        }
    };
    // With the braces of the user: else the lints take the function for generated, and `dead_code` is silent.
    let mut braces = Group::new(Delimiter::Brace, quote!(#inner_attrs #block));
    braces.set_span(body.span());
    quote!(#(#attrs)* #vis #sig #braces)
}

/// The user's statements, with their type told to `?`, `return` and coercions.
fn async_body(memo: &Memo, statements: &TokenStream) -> TokenStream {
    let returned = &memo.function.returned.ty;
    let option = {
        let runtime = &memo.runtime;
        quote!(#runtime::__private::Option)
    };
    let ret = local("__ret");
    // "return type inferred here" is what errors say of it.
    let give_back = {
        let mut ret = ret.clone();
        ret.set_span(ret.span().located_at(start_of(returned)));
        quote!(return #ret)
    };
    quote! {
        if let #option::Some(#ret) = #option::None::<#returned> {
            #give_back;
        }
        #[allow(clippy::diverging_sub_expression)]
        let #ret: #returned = { #statements };
        #[allow(unreachable_code)]
        #ret
    }
}

/// `#![..]` has to stay at the beginning of the function's own block.
fn split_inner_attributes(body: &Group) -> (TokenStream, TokenStream) {
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let is = |at: usize, c: char| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == c);
    let mut at = 0;
    while is(at, '#') && is(at + 1, '!') {
        at += 3;
    }
    let statements = tokens[at..].iter().cloned().collect();
    (tokens.into_iter().take(at).collect(), statements)
}
