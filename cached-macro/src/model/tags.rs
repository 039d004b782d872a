//! `tags = ["users", "user:{id}", "team:{result.team}"]`.

use proc_macro2::Span;
use syn::{Expr, Lit, LitStr, Result};

use super::function::Function;
use super::pieces::{self, Piece};
use super::{template, value};
use crate::attr::Given;
use crate::errors::{Errors, fail};
use crate::tokens::Names;

/// The name that stands for what the function returns.
pub(crate) const RESULT: &str = "result";

/// The store keeps their number in one byte, and each is a slot to read at every call.
const MOST: usize = 64;

/// Tags as templates.
#[derive(Default)]
pub(crate) struct Tags {
    /// Known before the body.
    pub(crate) of_arguments: Vec<Tag>,
    /// Those that mention `result`.
    pub(crate) of_result: Vec<Tag>,
}

/// One tag.
pub(crate) struct Tag {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) span: Span,
}

/// Where a tag that mentions `result` is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OfResult {
    /// By a function of the value alone, as the entry function has the value and no call.
    Alone,
    /// Beside the arguments, as far as the body has left them.
    InCall,
}

impl Tags {
    pub(super) fn new(
        given: Given,
        function: &Function,
        of_result: OfResult,
        errors: &mut Errors,
    ) -> Self {
        let mut tags = Self::default();
        let Some(texts) = errors.keep(texts(given)) else { return tags };
        let mut known = Vec::new();
        for text in texts {
            let Some(text) = errors.keep(text) else { continue };
            if known.contains(&text.value()) {
                errors.report(&text, "this tag is given twice: remove one of them");
            } else if let Some((tag, kind)) = errors.keep(Tag::new(&text, function, of_result)) {
                match kind {
                    Kind::OfArguments => tags.of_arguments.push(tag),
                    Kind::OfResult => tags.of_result.push(tag),
                }
            }
            known.push(text.value());
        }
        tags
    }

    /// What the tags of the arguments mention.
    pub(super) fn names(&self) -> Names {
        self.of_arguments.iter().flat_map(|tag| pieces::mentioned_in(&tag.pieces)).collect()
    }
}

enum Kind {
    OfArguments,
    OfResult,
}

impl Tag {
    fn new(text: &LitStr, function: &Function, of_result: OfResult) -> Result<(Self, Kind)> {
        let parts = template::parse(text)?;
        let pieces = pieces::of(text, parts, function, &[RESULT])?;
        let names = pieces::mentioned_in(&pieces);
        let tag = Self { pieces, span: text.span() };
        if !names.contains(RESULT) {
            return Ok((tag, Kind::OfArguments));
        }
        if function.has_argument(RESULT) {
            return fail(text, ambiguous());
        }
        let argument = names.iter().find(|name| function.has_argument(name));
        match argument {
            Some(argument) if of_result == OfResult::Alone => {
                let why = "what the result names is made from the value alone";
                let fix = "split it in two, or keep what it needs in the value";
                let message =
                    format!("this tag mentions both `result` and `{argument}`: {why}; {fix}");
                fail(text, message)
            }
            _ => Ok((tag, Kind::OfResult)),
        }
    }
}

/// What to say where `result` could be two things.
pub(super) fn ambiguous() -> String {
    "`result` is what the function returns, and an argument of that name hides it: rename the argument".to_owned()
}

fn texts(given: Given) -> Result<Vec<Result<LitStr>>> {
    const EXAMPLE: &str = "tags = [\"users\", \"user:{id}\"]";
    let key = given.key.clone();
    let list = match value::expr(given, EXAMPLE)? {
        Expr::Array(list) => list,
        expr => {
            return fail(expr, format_args!("`tags` takes a list of texts: write `{EXAMPLE}`"));
        }
    };
    if list.elems.is_empty() {
        return fail(list, format_args!("`tags` lists nothing: write `{EXAMPLE}`, or remove it"));
    }
    if let Some(beyond) = list.elems.iter().nth(MOST) {
        let number = list.elems.len();
        let fix = "a tag for a group of entries does the work of many";
        let message = format!("`{key}` lists {number} tags, and {MOST} is the most: {fix}");
        return fail(beyond, message);
    }
    Ok(list.elems.into_iter().map(text).collect())
}

fn text(element: Expr) -> Result<LitStr> {
    let Some(Lit::Str(text)) = value::lit(&element) else {
        let fix = "write it as in `\"user:{id}\"`, with expressions between braces";
        return fail(element, format_args!("a tag is a string literal: {fix}"));
    };
    if text.value().is_empty() {
        return fail(text, "this tag is empty: name what the entry is about, as in `\"users\"`");
    }
    Ok(text.clone())
}
