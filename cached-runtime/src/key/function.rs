//! Which function an entry belongs to.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::canonical::encode;
use super::escape::push_escaped;
use crate::observe::{Known, KnownRef};

/// BLAKE3's key derivation keeps these hashes apart from every other use of BLAKE3 (its specification, section 6.2).
const CONTEXT: &str = "cached-runtime 2026-11-21 function identity v1";

/// What an attribute says of its function; each expansion has one, or one in the function and one in its `entry`.
#[derive(Debug)]
pub struct Function {
    name: &'static str,
    prefix: &'static str,
    version: &'static str,
    /// Of a binary, its name: its crate may have the name of the library beside it.
    binary: Option<&'static str>,
    location: Location,
    resolved: OnceLock<Resolved>,
    /// What the first cache that it was used with knows of it, and that cache's number.
    first_known: OnceLock<(u64, Arc<Known>)>,
}

/// Where in the source an attribute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    file: &'static str,
    line: u32,
    column: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// What follows from a [`Function`] and its path, worked out at its first call.
#[derive(Debug)]
struct Resolved {
    path: &'static str,
    is_companion: bool,
    identity: [u8; 32],
    /// `{prefix}:{name}:`, escaped.
    part: String,
}

impl Function {
    /// `name` without `r#`; `prefix` and `version` empty where the attribute gives none.
    pub const fn new(
        name: &'static str,
        prefix: &'static str,
        version: &'static str,
        file: &'static str,
        line: u32,
        column: u32,
    ) -> Self {
        let location = Location { file, line, column };
        let resolved = OnceLock::new();
        let first_known = OnceLock::new();
        let binary = None;
        Self { name, prefix, version, binary, location, resolved, first_known }
    }

    /// Says in which binary it is compiled, if in one: `option_env!("CARGO_BIN_NAME")`.
    #[must_use]
    pub const fn in_binary(mut self, name: Option<&'static str>) -> Self {
        self.binary = name;
        self
    }

    /// Must come first: everything else about the function follows from its path.
    #[inline]
    pub(super) fn resolve(&self, path: Path) {
        if self.resolved.get().is_none() {
            self.resolve_first(path);
        }
    }

    #[cold]
    fn resolve_first(&self, path: Path) {
        self.resolved.get_or_init(|| {
            let is_companion = !path.companion.is_empty();
            let path = path.resolve();
            let mut names = Vec::new();
            // The encoding of strings can't fail.
            let _ = encode(&(path, self.version, self.binary), &mut names);
            let mut part = String::new();
            for text in [self.prefix, self.name] {
                if !text.is_empty() {
                    push_escaped(&mut part, text);
                    part.push(':');
                }
            }
            Resolved { path, is_companion, identity: blake3::derive_key(CONTEXT, &names), part }
        });
    }

    fn resolved(&self) -> &Resolved {
        self.resolved.get().expect("a `Key` exists only once its function has been resolved")
    }

    /// The full path, for people: `shop::users::get_user`.
    pub(crate) fn path(&self) -> &'static str {
        self.resolved().path
    }

    /// A hash of the path and the `version`: without type arguments.
    pub(super) fn identity(&self) -> &[u8; 32] {
        &self.resolved().identity
    }

    /// `{prefix}:{name}:`, escaped.
    pub(crate) fn part(&self) -> &str {
        &self.resolved().part
    }

    /// Whether this is the static of an entry function.
    pub(crate) fn is_companion(&self) -> bool {
        self.resolved().is_companion
    }

    pub(crate) fn location(&self) -> Location {
        self.location
    }

    /// What the cache of this number knows of it, if it is the first one that it was used with.
    #[inline]
    pub(crate) fn known_first(&self, number: u64) -> Option<&Known> {
        let (first, known) = self.first_known.get()?;
        (*first == number).then_some(known)
    }

    /// What the cache of this number knows of it; `look_up` asks that cache.
    #[inline]
    pub(crate) fn known(&'static self, number: u64, look_up: impl Fn() -> Arc<Known>) -> KnownRef {
        match self.known_first(number) {
            Some(known) => KnownRef::First(known),
            None => self.known_elsewhere(number, look_up),
        }
    }

    fn known_elsewhere(&'static self, number: u64, look_up: impl Fn() -> Arc<Known>) -> KnownRef {
        match self.first_known.get_or_init(|| (number, look_up())) {
            (first, known) if *first == number => KnownRef::First(known),
            _ => KnownRef::Later(look_up()),
        }
    }

    /// Whether both would name their entries alike.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        (self.path(), self.prefix, self.version, self.binary)
            == (other.path(), other.prefix, other.version, other.binary)
    }
}

/// The path of the function that an item, an empty `fn` of the expansion, is nested in.
///
/// A nested item is the only thing whose type name gives the whole path on stable Rust: modules, the impl's type,
/// and the functions around it; `module_path!` stops at the module, and would make two functions of one name in
/// two impls, or in two functions, one.
#[derive(Debug, Clone, Copy)]
pub struct Path {
    item: &'static str,
    /// What the name of an entry function adds to the function's own.
    companion: &'static str,
}

/// The [`Path`] of what `item` is nested in.
#[inline]
pub fn path_of<F>(_item: &F, companion: &'static str) -> Path {
    Path { item: std::any::type_name::<F>(), companion }
}

impl Path {
    /// Not worked out before it is needed: once per function, and not in each call.
    fn resolve(self) -> &'static str {
        let mut path = self.item.strip_suffix("::__path").unwrap_or(self.item);
        while let Some(outer) = path.strip_suffix("::{{closure}}") {
            path = outer;
        }
        path.strip_suffix(self.companion).unwrap_or(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For tests that name a path by hand.
    impl From<&'static str> for Path {
        fn from(item: &'static str) -> Self {
            Self { item, companion: "" }
        }
    }

    #[test]
    fn a_path_has_neither_the_probe_nor_the_closures_nor_the_companion() {
        fn get_user_entry() -> &'static str {
            fn __path() {}
            path_of(&__path, "_entry").resolve()
        }
        let nested = || {
            fn __path() {}
            path_of(&__path, "").resolve()
        };
        let here = "cached_runtime::key::function::tests::\
                    a_path_has_neither_the_probe_nor_the_closures_nor_the_companion";
        assert_eq!(nested(), here);
        assert_eq!(get_user_entry(), format!("{here}::get_user"));
    }
}
