//! The text of `key = "user:{id}:{self.tenant}"`, and of `tags = ["user:{id}"]`.

use syn::{Expr, LitStr, Result};

use crate::errors::fail;

/// A part of a template.
pub(super) enum Part {
    /// Text as it goes into the key.
    Text(String),
    /// What stands between braces.
    Hole(String),
}

/// Takes a template apart.
pub(super) fn parse(lit: &LitStr) -> Result<Vec<Part>> {
    let template = lit.value();
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = template.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '{' | '}' if rest.peek() == Some(&c) => {
                rest.next();
                text.push(c);
            }
            '{' => {
                if !text.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                }
                let mut hole = String::new();
                loop {
                    match rest.next() {
                        Some('}') => break,
                        Some('{') | None => return fail(lit, UNCLOSED),
                        Some(c) => hole.push(c),
                    }
                }
                parts.push(Part::Hole(hole.trim().to_owned()));
            }
            '}' => return fail(lit, "`}` without a `{` before it: write `}}` for a brace"),
            c => text.push(c),
        }
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    Ok(parts)
}

const UNCLOSED: &str = "`{` without a `}` behind it: write `{{` for a brace";

/// In a key, values may hold anything but `:`, which is escaped in them, so nothing else keeps two apart.
pub(super) fn check_separators(lit: &LitStr, parts: &[Part]) -> Result<()> {
    let mut last = None;
    let mut separated = true;
    for part in parts {
        match part {
            Part::Text(text) => separated |= text.contains(':'),
            Part::Hole(hole) => {
                if let (Some(last), false) = (last, separated) {
                    let why = "values may hold any other text, so two keys could meet";
                    let message =
                        format!("`{{{last}}}` and `{{{hole}}}` need a `:` between them: {why}");
                    return fail(lit, message);
                }
                last = Some(hole);
                separated = false;
            }
        }
    }
    Ok(())
}

/// Reads what stands between braces as an expression.
pub(super) fn expression(lit: &LitStr, hole: &str) -> Result<Expr> {
    if hole.is_empty() {
        return fail(lit, "`{}` names nothing: write the name of an argument, as in `{id}`");
    }
    // In the place of the template, so that errors show it and names resolve there.
    if let Ok(expr) = LitStr::new(hole, lit.span()).parse::<Expr>() {
        return Ok(expr);
    }
    match hole.split_once(':') {
        Some((name, _)) => {
            let fix = format!("write `{{{name}}}`, or an expression with what it should show");
            fail(
                lit,
                format_args!("`{{{hole}}}` has a format, which templates don't support: {fix}"),
            )
        }
        None => fail(lit, format_args!("`{{{hole}}}` is no expression")),
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use syn::LitStr;

    use super::{Part, check_separators, parse};

    fn shown(template: &str) -> String {
        let lit = LitStr::new(template, Span::call_site());
        let parsed = parse(&lit).and_then(|parts| check_separators(&lit, &parts).map(|()| parts));
        match parsed {
            Ok(parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Text(text) => format!("'{text}'"),
                    Part::Hole(hole) => format!("<{hole}>"),
                })
                .collect(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn text_and_holes() {
        assert_eq!(shown("user:{id}:{self.tenant}"), "'user:'<id>':'<self.tenant>");
        assert_eq!(shown("{{{ id }}}"), "'{'<id>'}'");
        assert_eq!(shown(""), "");
    }

    #[test]
    fn mistakes() {
        assert!(shown("{id").contains("without a `}`"));
        assert!(shown("id}").contains("without a `{`"));
        assert!(shown("{a}{b}").contains("need a `:`"));
        assert!(shown("{a}-{b}").contains("need a `:`"));
        assert!(shown("{a}-:{b}").starts_with('<'));
    }
}
