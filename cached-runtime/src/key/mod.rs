//! From a function and its arguments to the name of a slot (DESIGN, section 4).
//!
//! The digest is BLAKE3, keyed with the function's identity, over the canonical encoding of the key arguments.

use std::any::type_name;
use std::fmt::Display;

use serde_core::Serialize;

mod canonical;
mod escape;
mod function;
#[cfg(test)]
mod golden;
mod sink;
mod tag;
mod template;

pub(crate) use escape::{push_escaped, push_last};
pub use function::{Function, Path, path_of};
use sink::HashSink;
pub use tag::TagNames;
pub(crate) use tag::{clock_slot, tag_slot};
use template::Template;

/// Bytes of a digest that are used: 160 bits.
const DIGEST: usize = 20;

/// Bytes of a function's identity in a readable key: 64 bits keep functions of one program apart.
const IDENTITY: usize = 8;

/// The last part of a slot's name, or why there is none.
#[derive(Debug)]
pub struct Key(Result<Part, String>);

#[derive(Debug)]
enum Part {
    Digest(blake3::Hash),
    Readable { identity: [u8; 32], text: String },
}

impl Key {
    /// Appends `{prefix}:{function}:{digest}`, or `{prefix}:{function}.{identity}:{text}` for a readable key.
    ///
    /// # Errors
    ///
    /// Why the arguments are no key: their `Serialize` or `Display` failed.
    pub(crate) fn push_to(&self, slot: &mut String, function: &Function) -> Result<(), &str> {
        let part = self.0.as_ref().map_err(String::as_str)?;
        slot.push_str(function.part());
        match part {
            Part::Digest(hash) => push_hex(slot, &hash.as_bytes()[..DIGEST]),
            Part::Readable { identity, text } => {
                slot.pop();
                slot.push('.');
                push_hex(slot, &identity[..IDENTITY]);
                slot.push(':');
                slot.push_str(text);
            }
        }
        Ok(())
    }
}

impl Key {
    /// What tells it from every other key of the same function. `None` where the arguments are no key.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match self.0.as_ref().ok()? {
            Part::Digest(hash) => Some(hash.as_bytes()),
            Part::Readable { text, .. } => Some(text.as_bytes()),
        }
    }
}

/// Whether a type's name has that of a closure in it, and not merely that of a type declared inside of one: the body
/// of an `async fn` counts as a closure.
fn names_a_closure(name: &str) -> bool {
    const CLOSURE: &str = "{{closure}}";
    name.match_indices(CLOSURE).any(|(at, _)| !name[at + CLOSURE.len()..].starts_with("::"))
}

fn push_hex(out: &mut String, bytes: &[u8]) {
    // Without a table, the compiler makes it a few vector instructions.
    let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
    let mut digits = [[0; 2]; DIGEST];
    for (pair, byte) in digits.iter_mut().zip(bytes) {
        *pair = [digit(byte >> 4), digit(byte & 0xF)];
    }
    out.push_str(std::str::from_utf8(digits[..bytes.len()].as_flattened()).unwrap_or_default());
}

/// What a key can be made of: whatever serde can write.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be part of a key, as it does not implement `serde::Serialize`",
    label = "part of the key",
    note = "if it does not matter for the result, leave it out: `skip(its name)`",
    note = "if a part of it does, name that part: `key(its_name.id, ..)`",
    note = "if all of it does, derive `serde::Serialize` for it"
)]
pub trait KeyPart: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> KeyPart for T {}

/// Collects what makes a key: first what tells the function from its other instances, then the arguments.
pub struct KeyBuilder {
    /// Takes first the instance, and then, chained to it, the arguments.
    sink: HashSink,
    has_arguments: bool,
    template: Option<Template>,
    problem: Option<String>,
}

impl KeyBuilder {
    /// A key of `function`, whose `path` comes from [`path_of`].
    pub fn new(function: &'static Function, path: Path) -> Self {
        function.resolve(path);
        let sink = HashSink::new(function.identity());
        Self { sink, has_arguments: false, template: None, problem: None }
    }

    /// The type that a method is called on.
    pub fn self_type<S: ?Sized>(&mut self) {
        self.type_arg::<S>();
    }

    /// A type argument.
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
    pub fn arg<T: KeyPart + ?Sized>(&mut self, value: &T) {
        if !self.has_arguments {
            self.has_arguments = true;
            self.sink.chain();
        }
        self.encode(value);
    }

    /// Text of a template.
    pub fn literal(&mut self, text: &'static str) {
        self.template.get_or_insert_default().literal(text);
    }

    /// A value in a template, escaped.
    pub fn value<T: Display + ?Sized>(&mut self, value: &T) {
        if let Err(failed) = self.template.get_or_insert_default().value(value) {
            self.problem.get_or_insert(failed);
        }
    }

    /// The key. Without arguments, that of the function's only entry.
    #[inline]
    pub fn finish(mut self) -> Key {
        if let Some(problem) = self.problem {
            return Key(Err(problem));
        }
        if !self.has_arguments {
            self.sink.chain();
        }
        Key(Ok(if let Some(template) = self.template {
            Part::Readable { identity: self.sink.key(), text: template.finish() }
        } else {
            Part::Digest(self.sink.finish())
        }))
    }

    fn instance<T: Serialize + ?Sized>(&mut self, what: &T) {
        debug_assert!(!self.has_arguments, "the instance comes before the arguments");
        self.encode(what);
    }

    fn encode<T: Serialize + ?Sized>(&mut self, value: &T) {
        if let Err(failed) = canonical::encode(value, &mut self.sink) {
            self.problem.get_or_insert(failed.0);
        }
    }
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
