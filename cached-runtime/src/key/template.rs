//! A readable key: `key = "user:{id}"`.

use std::fmt::{Display, Write};

use super::escape::{Escaping, push_literal};
use super::few::Few;
use super::finished::{CARRIED, Part, READABLE};
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
pub(super) struct Template {
    /// As [`Part::Readable`] has it.
    all: Few<CARRIED>,
    /// Where in it the text begins.
    start: usize,
}

impl Template {
    /// A text in place of arguments, of this [instance](super::instance).
    pub(super) fn new(instance: &[u8]) -> Self {
        let mut all = Few::new();
        all.extend(&[READABLE]);
        all.extend(instance);
        Self { start: all.len(), all }
    }

    pub(super) fn literal(&mut self, text: &str) {
        push_literal(&mut self.all, text);
    }

    /// Fails when the value's own `Display` does.
    pub(super) fn value<T: Display + ?Sized>(&mut self, value: &T) -> Result<(), String> {
        write!(Escaping(&mut self.all), "{value}").map_err(|_| "its `Display` failed".to_owned())
    }

    pub(super) fn finish(mut self) -> Part {
        let (instance, text) = self.all.split_at(self.start);
        if text.len() > LONGEST {
            let mut all = Few::new();
            all.extend(instance);
            push_shortened(&mut all, str::from_utf8(text).expect("it was written as text"));
            self.all = all;
        }
        Part::Readable(self.all)
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
        let mut template = Template::new(&[]);
        for value in values {
            template.literal(":");
            template.value(value).unwrap();
        }
        let Part::Readable(all) = template.finish() else { panic!("no text") };
        str::from_utf8(&all[1..]).unwrap().to_owned()
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
