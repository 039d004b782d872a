//! Where generated code seems to stand: errors show the span, names resolve by its hygiene.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// A local variable that no code but ours can name.
pub(super) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// A span for generated code whose errors are shown at the beginning of `at`.
pub(super) fn start_of(at: &impl ToTokens) -> Span {
    let here = Span::call_site();
    let first = at.to_token_stream().into_iter().next();
    first.map_or(here, |token| here.located_at(token.span()))
}

/// `code` with its errors shown at `at`, from the first of its tokens to the last.
///
/// Only the place changes: lints still know that the code is generated.
pub(super) fn shown_at(code: TokenStream, at: &impl ToTokens) -> TokenStream {
    let mut place = at.to_token_stream().into_iter().map(|token| token.span());
    let Some(first) = place.next() else { return code };
    let last = place.last().unwrap_or(first);
    let mut tokens: Vec<TokenTree> = code.into_iter().collect();
    for token in &mut tokens {
        token.set_span(token.span().located_at(first));
    }
    if let Some(token) = tokens.last_mut() {
        token.set_span(token.span().located_at(last));
    }
    tokens.into_iter().collect()
}
