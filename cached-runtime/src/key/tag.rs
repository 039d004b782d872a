//! The names of tags, and of their slots.

use std::fmt::{Display, Write as _};

use super::escape::push_name;
use super::few::Few;
use super::template::shortened;

/// Between the beginning of all names and a tag. After `%`, no slot of a function has this.
const TAG: &str = "%tag:";

/// The slot of the clock of all tags.
const CLOCK: &str = "%tags";

/// Before each name. No byte of UTF-8 is this one, nor that below.
const NAME: u8 = 0xFF;

/// Somewhere among names that are none.
const FAILED: u8 = 0xFE;

/// As much as few short names need. Each call moves it.
const INLINE: usize = 52;

/// The tags of an entry, as texts.
pub struct TagNames(Few<INLINE>);

impl TagNames {
    /// None yet.
    #[expect(clippy::new_without_default, reason = "only for expansions")]
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self(Few::new())
    }

    /// Another tag begins.
    pub fn begin(&mut self) {
        self.0.extend(&[NAME]);
    }

    /// Text of a template.
    pub fn literal(&mut self, text: &'static str) {
        self.0.extend(text.as_bytes());
    }

    /// A value in a template.
    pub fn value<T: Display + ?Sized>(&mut self, value: &T) {
        if write!(self.0, "{value}").is_err() {
            self.0.extend(&[FAILED]);
        }
    }

    /// What tells these names from all others.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// # Errors
    ///
    /// Why they are no tags: the `Display` of a value failed.
    pub(crate) fn names(&self) -> Result<impl Iterator<Item = &str>, &'static str> {
        if self.0.contains(&FAILED) {
            return Err("the `Display` of a value in a tag failed");
        }
        // Before the first mark is nothing.
        let names = self.0.split(|byte| *byte == NAME).skip(1);
        Ok(names.map(|name| str::from_utf8(name).expect("it was written as text")))
    }
}

/// The name of a tag's slot. Values in a tag need not be escaped one by one: two tags that share a name are invalidated
/// together, which costs misses and no more.
pub(crate) fn tag_slot(start: &str, tag: &str) -> String {
    let mut name = String::with_capacity(tag.len());
    push_name(&mut name, tag);
    [start, TAG, &shortened(&name).unwrap_or(name)].concat()
}

/// The name of the slot of the clock of all tags.
pub(crate) fn clock_slot(start: &str) -> String {
    [start, CLOCK].concat()
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[test]
    fn names_stay_in_their_place_and_differ() {
        assert_eq!(tag_slot("shop:v3:", "user:42"), "shop:v3:%tag:user:42");
        assert_eq!(tag_slot("t:", "a b{c}%\n"), "t:%tag:a%20b%7Bc%7D%25%0A");
        assert_ne!(tag_slot("t:", "a%20b"), tag_slot("t:", "a b"));
        let (a, b) = ("x".repeat(500) + "a", "x".repeat(500) + "b");
        assert_ne!(tag_slot("t:", &a), tag_slot("t:", &b));
        assert!(tag_slot("t:", &a).len() < 320);
        assert_eq!(clock_slot("t:"), "t:%tags");
    }

    #[test]
    fn a_template_is_what_its_text_says() {
        let mut tags = TagNames::new();
        tags.begin();
        tags.literal("users");
        tags.begin();
        tags.literal("user:");
        tags.value(&"a:b");
        assert!(tags.names().unwrap().eq(["users", "user:a:b"]));
    }

    #[test]
    fn names_are_told_from_others_and_from_none() {
        let names = |names: &[&str]| {
            let mut tags = TagNames::new();
            for name in names {
                tags.begin();
                tags.value(name);
            }
            tags
        };
        let long = "x".repeat(100);
        let all: &[&[&str]] =
            &[&[], &[""], &["", ""], &["ab"], &["a", "b"], &["", "ab"], &["ab", ""], &[&long, "a"]];
        for (number, one) in all.iter().enumerate() {
            assert!(names(one).names().unwrap().eq(one.iter().copied()));
            for other in &all[..number] {
                assert_ne!(names(one).bytes(), names(other).bytes());
            }
        }
        assert!(names(&["users", "user:42"]).0.is_inline());
    }

    #[test]
    fn names_that_fail_are_told_from_those_that_do_not() {
        struct Failing;
        impl Display for Failing {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a")?;
                Err(fmt::Error)
            }
        }
        let (mut failed, mut fine) = (TagNames::new(), TagNames::new());
        failed.begin();
        failed.value(&Failing);
        fine.begin();
        fine.literal("a");
        assert_eq!(failed.names().err(), Some("the `Display` of a value in a tag failed"));
        assert_ne!(failed.bytes(), fine.bytes());
    }
}
