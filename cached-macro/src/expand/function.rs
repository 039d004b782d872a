//! The function itself: one call into the runtime, with the body in a closure.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Path, ReturnType, Type};

use super::spans::{local, start_of};
use super::{background, site};
use crate::model::{Form, Function, Memo, Window};

/// A cached function.
pub(super) fn cached(memo: &Memo) -> TokenStream {
    let site = local("__site");
    let declare = site::declare(memo, &memo.function.returned.ty, "");
    let errors = site::errors(memo);
    // What keeps the body in its call is shown at the option.
    let option = memo.policy.staleness.while_revalidate.as_ref().map(|Window { span, .. }| *span);
    let checks = option.is_some().then(|| background::checks(memo));
    let method = if option.is_some() { "call_in_background" } else { "call" };
    let around = Around {
        before: quote!(#checks #declare),
        may_be_kept: memo.policy.local.is_some(),
        method,
        arguments: quote!(#site, #errors),
        after: None,
        at: option.map_or_else(Span::mixed_site, |span| Span::mixed_site().located_at(span)),
    };
    around.function(&memo.function, &memo.runtime)
}

/// A value that is kept in the process is returned, and else is the call, whose future would cost more than it to make.
fn unless_kept(call: &TokenStream, runtime: &Path) -> TokenStream {
    let [shape, site, kept] = ["__shape", "__site", "__kept"].map(local);
    let private = quote!(#runtime::__private);
    quote! {
        match #site {
            #private::Result::Err(#kept) => #shape.of_kept(#kept),
            #private::Result::Ok(#site) => #call,
        }
    }
}

/// What the body is put into: `before; __shape.method(arguments, body, after).await`.
pub(super) struct Around {
    /// Declares `__shape` among other things.
    pub(super) before: TokenStream,
    /// Whether `__site` may be a value that is kept in the process.
    pub(super) may_be_kept: bool,
    pub(super) method: &'static str,
    pub(super) arguments: TokenStream,
    pub(super) after: Option<TokenStream>,
    /// Where errors of the call are shown.
    pub(super) at: Span,
}

impl Around {
    /// The function with its signature and attributes untouched.
    pub(super) fn function(self, function: &Function, runtime: &Path) -> TokenStream {
        let Function { attrs, vis, sig, body, .. } = function;
        let (inner_attrs, statements) = split_inner_attributes(body);
        let block = self.block(function, runtime, &statements);
        // With the braces of the user: else the lints take the function for generated, and `dead_code` is silent.
        let mut braces = Group::new(Delimiter::Brace, quote!(#inner_attrs #block));
        braces.set_span(body.span());
        quote!(#(#attrs)* #vis #sig #braces)
    }

    fn block(self, function: &Function, runtime: &Path, statements: &TokenStream) -> TokenStream {
        let Self { before, may_be_kept, method, arguments, after, at } = self;
        let [shape, method] = ["__shape", method].map(|name| Ident::new(name, at));
        let after = after.map(|after| quote!(, #after));
        match function.form {
            Form::Async => {
                let body = async_body(&function.returned.ty, runtime, statements);
                let call = quote_spanned! {at=>
                    #shape.#method(#arguments, move || async move { #body } #after).await
                };
                let call = if may_be_kept { unless_kept(&call, runtime) } else { call };
                quote!(#before #call)
            }
            Form::Boxed => {
                let future = match &function.sig.output {
                    ReturnType::Type(_, ty) => quote!(-> #ty),
                    ReturnType::Default => TokenStream::new(),
                };
                let call = quote! {
                    #shape.#method(#arguments, move || #future { #statements } #after).await
                };
                let call = if may_be_kept { unless_kept(&call, runtime) } else { call };
                quote!(#runtime::__private::Box::pin(async move { #before #call }))
            }
        }
    }
}

/// The user's statements, with their type told to `?`, `return` and coercions.
fn async_body(returned: &Type, runtime: &Path, statements: &TokenStream) -> TokenStream {
    let option = quote!(#runtime::__private::Option);
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
        // A body may never end, or only by `return`.
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
