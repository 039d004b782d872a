//! Escaping, so that no part of a slot's name can reach into the next one.
//!
//! Percent-encoding as of RFC 3986, of `:` (it parts the parts), `%` (it escapes), `{` and `}` (hash tags of a
//! Redis cluster), white space and control characters (they break tools that list keys).

use std::fmt::{self, Write};

/// Appends `text` to `out`, escaped.
pub(crate) fn push_escaped(out: &mut impl Write, text: &str) {
    push(out, text, |c| matches!(c, ':' | '%'));
}

/// Appends a name that is one whole: it may use `:`, and no two names look alike.
pub(crate) fn push_name(out: &mut impl Write, text: &str) {
    push(out, text, |c| c == '%');
}

/// Appends text that the developer wrote: it may use `:` and `%`, and still cannot make a hash tag or a broken name.
pub(crate) fn push_literal(out: &mut impl Write, text: &str) {
    push(out, text, |_| false);
}

/// Appends a name that ends the slot's: it keeps its `:`.
pub(crate) fn push_last(out: &mut impl Write, text: &str) {
    push(out, text, |c| c == '%');
}

/// None of the buffers that it is used with ever fails.
fn push(out: &mut impl Write, text: &str, also: impl Fn(char) -> bool) {
    let escaped =
        |c: char| also(c) || matches!(c, '{' | '}') || c.is_control() || c.is_whitespace();
    let mut rest = text;
    while let Some(at) = rest.find(escaped) {
        let (clean, tail) = rest.split_at(at);
        let _ = out.write_str(clean);
        let len = tail.chars().next().map_or(0, char::len_utf8);
        for byte in &tail.as_bytes()[..len] {
            let _ = write!(out, "%{byte:02X}");
        }
        rest = &tail[len..];
    }
    let _ = out.write_str(rest);
}

/// A `fmt::Write` that escapes what is written through it.
pub(crate) struct Escaping<'a, W>(pub(crate) &'a mut W);

impl<W: Write> Write for Escaping<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_escaped(self.0, text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        push_escaped(&mut out, text);
        out
    }

    #[test]
    fn separators_braces_space_and_control_are_escaped() {
        assert_eq!(escaped("a:b"), "a%3Ab");
        assert_eq!(escaped("{tag}"), "%7Btag%7D");
        assert_eq!(escaped("50% off"), "50%25%20off");
        assert_eq!(escaped("a\r\nb\0"), "a%0D%0Ab%00");
        assert_eq!(escaped("\u{2028}"), "%E2%80%A8");
        assert_eq!(escaped("naïve-日本_1"), "naïve-日本_1");
    }

    #[test]
    fn literal_text_keeps_its_colons() {
        let mut out = String::new();
        push_literal(&mut out, "user: {x}");
        assert_eq!(out, "user:%20%7Bx%7D");
    }
}
