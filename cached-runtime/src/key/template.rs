//! A readable key: `key = "user:{id}"`.
//!
//! Values can't hold a raw `:`, and the attribute sees to it that a literal `:` stands between any two of them, so the text
//! says which values made it.

use super::{DIGEST, push_hex};

/// Longer keys keep their first bytes and end in a hash of the whole.
const LONGEST: usize = 256;

/// What parts the kept bytes from the hash. No escaped value has it: after `%` come two hex digits.
const CUT: &str = "%~";

/// Whether a text is to be [shortened].
pub(super) fn is_long(text: &[u8]) -> bool {
    text.len() > LONGEST
}

/// A long text, cut so that it still differs from all others.
pub(super) fn shortened(text: &str) -> Option<String> {
    is_long(text.as_bytes()).then(|| {
        let end = (0..=LONGEST).rfind(|end| text.is_char_boundary(*end)).unwrap_or(0);
        let mut short = [&text[..end], CUT].concat();
        push_hex(&mut short, &blake3::hash(text.as_bytes()).as_bytes()[..DIGEST]);
        short
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{Function, KeyBuilder};

    static FUNCTION: Function = Function::new("f", "", "", "template.rs", 1, 1);

    fn rendered(values: &[&str]) -> String {
        let mut key = KeyBuilder::new(&FUNCTION, "tests::f".into());
        for value in values {
            key.literal(":");
            key.value(value);
        }
        let mut slot = String::new();
        key.finish().push_to(&mut slot, &FUNCTION).unwrap();
        let (_, text) = slot.split_once(':').unwrap();
        text.to_owned()
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
