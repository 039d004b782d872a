//! A readable key: `key = "user:{id}"`.

use std::fmt::{Display, Write};

use super::escape::{Escaping, push_literal};
use super::{DIGEST, push_hex};

/// Longer keys keep their first bytes and end in a hash of the whole.
const LONGEST: usize = 256;

/// What parts the kept bytes from the hash. No escaped value has it: after `%` come two hex digits.
const CUT: &str = "%~";

/// The text of a key in the making.
///
/// Values can't hold a raw `:`, and the attribute sees to it that a literal `:` stands between any two of them, so
/// the text says which values made it.
#[derive(Default)]
pub(super) struct Template(String);

impl Template {
    pub(super) fn literal(&mut self, text: &str) {
        push_literal(&mut self.0, text);
    }

    /// Fails when the value's own `Display` does.
    pub(super) fn value<T: Display + ?Sized>(&mut self, value: &T) -> Result<(), String> {
        write!(Escaping(&mut self.0), "{value}").map_err(|_| "its `Display` failed".to_owned())
    }

    pub(super) fn finish(self) -> String {
        shorten(self.0)
    }
}

/// Cuts a long text, so that it still differs from all others.
pub(super) fn shorten(mut text: String) -> String {
    if text.len() > LONGEST {
        let hash = blake3::hash(text.as_bytes());
        let end = (0..=LONGEST).rfind(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or(0));
        text.push_str(CUT);
        push_hex(&mut text, &hash.as_bytes()[..DIGEST]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(values: &[&str]) -> String {
        let mut template = Template::default();
        for value in values {
            template.literal(":");
            template.value(value).unwrap();
        }
        template.finish()
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
