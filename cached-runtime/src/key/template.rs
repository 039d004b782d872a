//! A readable key: `key = "user:{id}"`.

use std::fmt::{Display, Write};

use super::escape::{Escaping, push_literal};
use super::few::Few;
use super::{DIGEST, push_hex};

/// Longer keys keep their first bytes and end in a hash of the whole.
const LONGEST: usize = 256;

/// What parts the kept bytes from the hash. No escaped value has it: after `%` come two hex digits.
const CUT: &str = "%~";

/// The text of a key in the making.
///
/// Values can't hold a raw `:`, and the attribute sees to it that a literal `:` stands between any two of them, so
/// the text says which values made it.
///
/// Only one that is to be cut takes an allocation.
pub(super) struct Template(Few<LONGEST>);

impl Template {
    pub(super) fn new() -> Self {
        Self(Few::new())
    }

    pub(super) fn literal(&mut self, text: &str) {
        push_literal(&mut self.0, text);
    }

    /// Fails when the value's own `Display` does.
    pub(super) fn value<T: Display + ?Sized>(&mut self, value: &T) -> Result<(), String> {
        write!(Escaping(&mut self.0), "{value}").map_err(|_| "its `Display` failed".to_owned())
    }

    pub(super) fn push_to(&self, out: &mut impl Write) {
        push_shortened(out, str::from_utf8(&self.0).expect("it was written as text"));
    }
}

/// Appends a text; a long one is cut, so that it still differs from all others.
pub(super) fn push_shortened(out: &mut impl Write, text: &str) {
    // None of the buffers that it is used with ever fails.
    if text.len() <= LONGEST {
        let _ = out.write_str(text);
        return;
    }
    let end = (0..=LONGEST).rfind(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let _ = out.write_str(&text[..end]);
    let _ = out.write_str(CUT);
    push_hex(out, &blake3::hash(text.as_bytes()).as_bytes()[..DIGEST]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(values: &[&str]) -> String {
        let mut template = Template::new();
        for value in values {
            template.literal(":");
            template.value(value).unwrap();
        }
        let mut text = String::new();
        template.push_to(&mut text);
        text
    }

    #[test]
    fn hostile_values_stay_in_their_place() {
        assert_eq!(rendered(&["a:b", "c"]), ":a%3Ab:c");
        assert_ne!(rendered(&["a:b", "c"]), rendered(&["a", "b:c"]));
        assert_ne!(rendered(&["a%3Ab", "c"]), rendered(&["a:b", "c"]));
        assert_ne!(rendered(&["", "a"]), rendered(&["a", ""]));
    }

    #[test]
    fn long_keys_keep_their_start_and_differ_by_their_hash() {
        let (a, b) = ("é".repeat(500) + "a", "é".repeat(500) + "b");
        let (a, b) = (rendered(&[&a]), rendered(&[&b]));
        assert!(a.starts_with(":éé") && a.len() <= LONGEST + CUT.len() + 2 * DIGEST);
        assert_ne!(a, b);
        assert_eq!(rendered(&[&"x".repeat(LONGEST - 1)]).len(), LONGEST, "not yet cut");
    }
}
