//! The function under the attribute.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::{Result, Signature, Token, Visibility, token};

use super::Attribute;
use crate::errors::fail;

/// A function anywhere: free, in an `impl`, in a `trait`.
///
/// The body stays unparsed: nothing in it has to be understood, and its tokens stay as they are.
pub(crate) struct Item {
    pub(crate) attrs: Vec<syn::Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    /// `None` in a trait's method without a default body.
    pub(crate) body: Option<Group>,
}

impl Item {
    /// Reads what stands below the attribute.
    pub(crate) fn parse(attribute: Attribute, tokens: &TokenStream) -> Result<Self> {
        (|input: ParseStream<'_>| Self::read(attribute, input)).parse2(tokens.clone())
    }

    fn read(attribute: Attribute, input: ParseStream<'_>) -> Result<Self> {
        let attrs = input.call(syn::Attribute::parse_outer)?;
        let vis = input.parse()?;
        let ahead = input.fork();
        let Ok(sig) = ahead.parse::<Signature>() else { return no_function(attribute, input) };
        syn::parse::discouraged::Speculative::advance_to(input, &ahead);
        let body = if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            None
        } else if input.peek(token::Brace) {
            Some(body(input)?)
        } else {
            return Err(input.error("expected the body of the function"));
        };
        Ok(Self { attrs, vis, sig, body })
    }
}

/// The braces with what is in them.
fn body(input: ParseStream<'_>) -> Result<Group> {
    let mut token = input.parse::<TokenTree>()?;
    // A `$body:block` of a `macro_rules!` comes in an invisible group.
    loop {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                token = syn::parse2(group.stream())?;
            }
            TokenTree::Group(group) => return Ok(group),
            other => return fail(other, "expected the body of the function"),
        }
    }
}

/// Says what is wrong: a broken signature, or something that is no function.
fn no_function(attribute: Attribute, input: ParseStream<'_>) -> Result<Item> {
    let is_function = input
        .fork()
        .parse::<TokenStream>()?
        .into_iter()
        .any(|token| matches!(&token, TokenTree::Ident(ident) if ident == "fn"));
    if is_function {
        input.parse::<Signature>()?;
    }
    let first = input.parse::<TokenTree>()?;
    input.parse::<TokenStream>()?;
    fail(first, format_args!("`#[{}]` belongs on an `async fn`", attribute.name()))
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attrs, vis, sig, body } = self;
        let body = body.as_ref().map_or_else(|| quote!(;), ToTokens::to_token_stream);
        tokens.extend(quote!(#(#attrs)* #vis #sig #body));
    }
}
