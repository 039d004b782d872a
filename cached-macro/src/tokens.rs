//! What a piece of code mentions, found in its tokens.
//!
//! Tokens and not syntax trees: bodies and macro calls are looked into without parsing them.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt as _;

/// Names of variables, without `r#`; `self` counts as one.
pub(crate) type Names = BTreeSet<String>;

/// A name as users think of it: without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// Every name in `code` that may be a variable: no field, no method, no part of a longer path.
pub(crate) fn mentioned(code: impl ToTokens) -> Names {
    let mut names = Names::new();
    collect(code.into_token_stream(), &mut names);
    names
}

fn collect(tokens: TokenStream, names: &mut Names) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(ident) if !in_path(&tokens, at) && !after_dot(&tokens, at) => {
                names.insert(plain(ident));
            }
            TokenTree::Group(group) => collect(group.stream(), names),
            TokenTree::Literal(literal) => inline_placeholders(&literal.to_string(), names),
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// `.name` is a field or a method, but `..name` ends a range.
fn after_dot(tokens: &[TokenTree], at: usize) -> bool {
    let dot = |back: usize| at >= back && is_punct(&tokens[at - back], '.');
    dot(1) && !dot(2)
}

fn in_path(tokens: &[TokenTree], at: usize) -> bool {
    let colons = |first: usize| {
        matches!(tokens.get(first), Some(TokenTree::Punct(punct))
            if punct.as_char() == ':' && punct.spacing() == Spacing::Joint)
    };
    colons(at + 1) || (at >= 2 && colons(at - 2))
}

/// `format!("{id}")` mentions `id` inside of a literal.
fn inline_placeholders(literal: &str, names: &mut Names) {
    if !literal.contains('"') {
        return;
    }
    for part in literal.split('{').skip(1) {
        let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if !name.is_empty() {
            names.insert(name);
        }
    }
}

/// Where `code` mentions the variable `name` for the first time.
pub(crate) fn place_of(name: &str, code: impl ToTokens) -> Option<Span> {
    let tokens: Vec<TokenTree> = code.into_token_stream().into_iter().collect();
    tokens.iter().enumerate().find_map(|(at, token)| match token {
        TokenTree::Ident(ident) => {
            let is_variable = !in_path(&tokens, at) && !after_dot(&tokens, at);
            (is_variable && plain(ident) == name).then(|| ident.span())
        }
        TokenTree::Group(group) => place_of(name, group.stream()),
        TokenTree::Literal(literal) => {
            let mut names = Names::new();
            inline_placeholders(&literal.to_string(), &mut names);
            names.contains(name).then(|| literal.span())
        }
        TokenTree::Punct(_) => None,
    })
}

/// Every identifier in `code`, whatever it stands for.
pub(crate) fn identifiers(code: impl ToTokens) -> Names {
    let mut names = Names::new();
    for token in code.into_token_stream() {
        match token {
            TokenTree::Ident(ident) => _ = names.insert(plain(&ident)),
            TokenTree::Group(group) => names.append(&mut identifiers(group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    names
}

/// Whether `code` says `Self` outside of items of its own, which have their own `Self`.
pub(crate) fn mentions_self_type(code: impl ToTokens) -> bool {
    let tokens: Vec<TokenTree> = code.into_token_stream().into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Ident(ident) if opens_item(ident, tokens.get(at + 1)) => {
                at += tokens[at..].iter().take_while(|token| !ends_item(token)).count();
            }
            TokenTree::Ident(ident) if ident == "Self" => return true,
            TokenTree::Group(group) if mentions_self_type(group.stream()) => return true,
            _ => {}
        }
        at += 1;
    }
    false
}

fn opens_item(ident: &Ident, next: Option<&TokenTree>) -> bool {
    // `fn(` is a type.
    let named = matches!(next, Some(TokenTree::Ident(_)));
    ident == "impl" || named && ["fn", "struct", "enum", "trait"].iter().any(|word| ident == word)
}

fn ends_item(token: &TokenTree) -> bool {
    is_punct(token, ';')
        || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn is_punct(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == c)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{mentioned, mentions_self_type, place_of};

    #[test]
    fn only_variables_are_mentioned() {
        let names = mentioned(quote!(self.db.get(id, other::path) + a..b + format!("{name:?}")));
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        assert_eq!(names, ["a", "b", "format", "id", "name", "self"]);
    }

    #[test]
    fn places_are_those_of_variables() {
        let is_found = |code| place_of("result", code).is_some();
        assert!(is_found(quote!(f(0, [a.b(result.id)]))));
        assert!(is_found(quote!(format!("{result:?}"))));
        assert!(!is_found(quote!(self.result + result::id() + "result")));
    }

    #[test]
    fn self_of_inner_items_is_not_ours() {
        assert!(mentions_self_type(quote!({ vec![Self::new()] })));
        assert!(mentions_self_type(quote!({
            let f: fn(Self) = g;
        })));
        assert!(!mentions_self_type(quote!({
            struct Node(Option<Box<Self>>);
            impl Clone for Node {
                fn clone(&self) -> Self {
                    Self(None)
                }
            }
            fn helper() {}
        })));
    }
}
