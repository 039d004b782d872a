//! `#[cache_invalidate(..)]` and `#[cache_put(..)]` as written: calls, and options among them.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Expr, Result, Token, token};

use super::parse::{self, Elements};
use super::{Attribute, Given};
use crate::errors::{Errors, fail};
use crate::tokens::mentions_self_type;

/// What was given.
pub(crate) struct WriteOptions {
    pub(crate) attribute: Attribute,
    /// What stands there as a call.
    pub(crate) targets: Vec<Expr>,
    pub(crate) tags: Option<Given>,
    pub(crate) value: Option<Given>,
    pub(crate) lease: Option<Given>,
    pub(crate) cache: Option<Given>,
    pub(crate) krate: Option<Given>,
    /// Whether there was an attempt at a target, so that its absence is no mistake of its own.
    pub(crate) target_was_tried: bool,
    /// Whether anything mentions `Self`, so that the function must belong to a type.
    pub(crate) mentions_self_type: bool,
}

impl WriteOptions {
    /// Reads everything, and reports what is neither a call nor an option.
    pub(crate) fn parse(attribute: Attribute, args: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self {
            attribute,
            targets: Vec::new(),
            tags: None,
            value: None,
            lease: None,
            cache: None,
            krate: None,
            target_was_tried: false,
            mentions_self_type: mentions_self_type(&args),
        };
        parse::elements(args, &mut options, errors);
        options
    }
}

impl Elements for WriteOptions {
    fn names(&self) -> &'static [&'static str] {
        match self.attribute {
            Attribute::CachePut => &["value", "tags", "lease", "cache", "crate"],
            _ => &["tags", "lease", "cache", "crate"],
        }
    }

    fn named(&mut self, name: &str) -> Option<&mut Option<Given>> {
        Some(match name {
            "tags" => &mut self.tags,
            "value" => &mut self.value,
            "lease" => &mut self.lease,
            "cache" => &mut self.cache,
            "crate" => &mut self.krate,
            _ => return None,
        })
    }

    fn tried(&mut self, _name: Option<&str>) {}

    fn other(&mut self, input: ParseStream<'_>) -> Result<bool> {
        if self.is_option(input) {
            return Ok(false);
        }
        self.target_was_tried = true;
        self.targets.push(input.parse()?);
        if input.is_empty() || input.peek(Token![,]) {
            return Ok(true);
        }
        let next = input.fork().parse::<TokenTree>()?;
        fail(next, "expected `,` after a call")
    }
}

impl WriteOptions {
    /// `name = ..`, or the name of an option without the `=`.
    fn is_option(&mut self, input: ParseStream<'_>) -> bool {
        let ahead = input.fork();
        let Ok(name) = ahead.call(Ident::parse_any) else { return false };
        if ahead.peek(Token![=]) {
            return !ahead.peek(Token![==]);
        }
        let ends = ahead.is_empty() || ahead.peek(Token![,]) || ahead.peek(token::Paren);
        ends && self.named(&name.to_string()).is_some()
    }
}
