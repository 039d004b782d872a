//! What the expansions tell of a key.

use std::any::type_name;
use std::fmt::Display;

use serde_core::Serialize;

use super::canonical;
use super::encoding::Encoding;
use super::{Carried, Function, Key, KeyPart, Path};

/// Collects what makes a key: first what tells the function from its other instances, then the arguments.
pub struct KeyBuilder {
    /// Takes first the instance, and then the arguments.
    encoding: Encoding,
    has_arguments: bool,
    problem: Option<String>,
}

impl KeyBuilder {
    /// A key of `function`, whose `path` comes from [`path_of`].
    #[inline]
    pub fn new(function: &'static Function, path: Path) -> Self {
        function.resolve(path);
        let encoding = Encoding::new(function);
        Self { encoding, has_arguments: false, problem: None }
    }

    /// The type that a method is called on.
    #[inline]
    pub fn self_type<S: ?Sized>(&mut self) {
        self.type_arg::<S>();
    }

    /// A type argument.
    #[inline]
    pub fn type_arg<T: ?Sized>(&mut self) {
        let name = type_name::<T>();
        if names_a_closure(name) {
            // All closures of one function have one name.
            self.problem.get_or_insert_with(|| {
                "the type of a closure can't be part of it: write `impl Fn` and skip the argument".to_owned()
            });
        }
        self.instance(name);
    }

    /// The type of an `impl Trait` argument.
    pub fn type_of<T: ?Sized>(&mut self, _argument: &T) {
        self.type_arg::<T>();
    }

    /// A closure of the function itself. Its type has all parameters around it, also those of a trait, which
    /// nothing else names.
    pub fn place<F>(&mut self, _closure: &F) {
        self.instance(type_name::<F>());
    }

    /// A const argument.
    pub fn const_arg<T: Serialize>(&mut self, value: &T) {
        self.instance(value);
    }

    /// A key argument, by its canonical encoding.
    #[inline]
    pub fn arg<T: KeyPart + ?Sized>(&mut self, value: &T) {
        self.begin_arguments();
        self.encode(value);
    }

    /// Text of a template.
    pub fn literal(&mut self, text: &'static str) {
        self.begin_arguments();
        self.encoding.literal(text);
    }

    /// A value in a template, escaped.
    pub fn value<T: Display + ?Sized>(&mut self, value: &T) {
        self.begin_arguments();
        if let Err(failed) = self.encoding.value(value) {
            self.problem.get_or_insert(failed);
        }
    }

    #[inline]
    pub(crate) fn function(&self) -> &'static Function {
        self.encoding.function()
    }

    /// What tells it from the other keys of its function, if it is a key. All of it has been told.
    #[inline(always)]
    pub(crate) fn complete(&mut self) -> Option<&Carried> {
        self.begin_arguments();
        self.encoding.complete();
        self.problem.is_none().then(|| self.encoding.carried())
    }

    /// The key. Without arguments, that of the function's only entry.
    #[inline]
    pub fn finish(mut self) -> Key {
        self.complete();
        Key(self.problem.map_or_else(|| Ok(self.encoding.into_carried()), Err))
    }

    #[inline]
    fn begin_arguments(&mut self) {
        if !self.has_arguments {
            self.has_arguments = true;
            self.encoding.end_instance();
        }
    }

    #[inline]
    fn instance<T: Serialize + ?Sized>(&mut self, what: &T) {
        debug_assert!(!self.has_arguments, "the instance comes before the arguments");
        self.encode(what);
    }

    #[inline]
    fn encode<T: Serialize + ?Sized>(&mut self, value: &T) {
        if let Err(failed) = canonical::encode(value, &mut self.encoding) {
            self.problem.get_or_insert(failed.0);
        }
    }
}

/// Whether a type's name has that of a closure in it, and not merely that of a type declared inside of one: the body
/// of an `async fn` counts as a closure.
fn names_a_closure(name: &str) -> bool {
    const CLOSURE: &str = "{{closure}}";
    // Nearly no name has braces, and to look for one byte is no work.
    name.contains('{')
        && name.match_indices(CLOSURE).any(|(at, _)| !name[at + CLOSURE.len()..].starts_with("::"))
}

#[test]
fn closures_are_told_from_what_is_declared_in_them() {
    for (name, is) in [
        ("main::{{closure}}", true),
        ("main::{{closure}}::{{closure}}", true),
        ("alloc::vec::Vec<main::{{closure}}>", true),
        ("(u8, main::{{closure}}, u8)", true),
        ("main::{{closure}}::Local", false),
        ("alloc::vec::Vec<main::{{closure}}::Local>", false),
        ("u8", false),
    ] {
        assert_eq!(names_a_closure(name), is, "{name}");
    }
}
