//! The names of tags, and of their slots.

use std::fmt::{Display, Write as _};

use super::escape::push_name;
use super::template::shorten;

/// Between the beginning of all names and a tag. After `%`, no slot of a function has this.
const TAG: &str = "%tag:";

/// The slot of the clock of all tags.
const CLOCK: &str = "%tags";

/// The tags of an entry, as texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagNames {
    names: Vec<String>,
    bytes: Vec<u8>,
    problem: Option<String>,
}

impl TagNames {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another tag begins.
    pub fn begin(&mut self) {
        self.names.push(String::new());
    }

    /// Text of a template.
    pub fn literal(&mut self, text: &'static str) {
        self.add(&text);
    }

    /// A value in a template.
    pub fn value<T: Display + ?Sized>(&mut self, value: &T) {
        self.add(value);
    }

    fn add<T: Display + ?Sized>(&mut self, part: &T) {
        self.bytes.extend_from_slice(format!("{}:{part}", self.names.len()).as_bytes());
        if let Some(name) = self.names.last_mut()
            && write!(name, "{part}").is_err()
        {
            self.problem.get_or_insert_with(|| "the `Display` of a value in a tag failed".into());
        }
    }

    /// What tells it from all others.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// # Errors
    ///
    /// Why they are no tags: the `Display` of a value failed.
    pub(crate) fn names(&self) -> Result<&[String], &str> {
        match &self.problem {
            None => Ok(&self.names),
            Some(problem) => Err(problem),
        }
    }
}

/// The name of a tag's slot. Values in a tag need not be escaped one by one: two tags that share a name are invalidated
/// together, which costs misses and no more.
pub(crate) fn tag_slot(start: &str, tag: &str) -> String {
    let mut name = String::with_capacity(tag.len());
    push_name(&mut name, tag);
    [start, TAG, &shorten(name)].concat()
}

/// The name of the slot of the clock of all tags.
pub(crate) fn clock_slot(start: &str) -> String {
    [start, CLOCK].concat()
}

#[cfg(test)]
mod tests {
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
        assert_eq!(tags.names().unwrap(), ["users", "user:a:b"]);
    }
}
