//! From a function and its arguments to the name of a slot (DESIGN, section 4).
//!
//! The digest is BLAKE3, keyed with the function's identity, over the canonical encoding of the key arguments.

use std::any::type_name;
use std::fmt::Display;

use serde::Serialize;

mod canonical;
mod escape;
mod function;
#[cfg(test)]
mod golden;
mod sink;
mod template;

pub(crate) use escape::push_escaped;
pub use function::{Function, path_of};
use sink::HashSink;
use template::Template;

/// Hex digits of a digest: 160 bits.
const DIGEST_HEX: usize = 40;

/// Hex digits of a function's identity in a readable key: 64 bits keep functions of one program apart.
const IDENTITY_HEX: usize = 16;

/// The last part of a slot's name, or why there is none.
#[derive(Debug)]
pub struct Key(Result<Part, String>);

#[derive(Debug)]
enum Part {
    Digest(blake3::Hash),
    Readable { identity: blake3::Hash, text: String },
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
            Part::Digest(hash) => slot.push_str(&hash.to_hex()[..DIGEST_HEX]),
            Part::Readable { identity, text } => {
                slot.pop();
                slot.push('.');
                slot.push_str(&identity.to_hex()[..IDENTITY_HEX]);
                slot.push(':');
                slot.push_str(text);
            }
        }
        Ok(())
    }
}

/// Collects what makes a key: first what tells the function from its other instances, then the arguments.
pub struct KeyBuilder {
    function: &'static Function,
    instance: Option<HashSink>,
    arguments: Option<HashSink>,
    template: Option<Template>,
    problem: Option<String>,
}

impl KeyBuilder {
    /// A key of `function`, whose `path` comes from [`path_of`].
    pub fn new(function: &'static Function, path: &'static str) -> Self {
        function.resolve(path);
        Self { function, instance: None, arguments: None, template: None, problem: None }
    }

    /// The type that a method is called on.
    pub fn self_type<S: ?Sized>(&mut self) {
        self.instance(type_name::<S>());
    }

    /// A type argument.
    pub fn type_arg<T: ?Sized>(&mut self) {
        self.instance(type_name::<T>());
    }

    /// The type of an `impl Trait` argument.
    pub fn type_of<T: ?Sized>(&mut self, _argument: &T) {
        self.instance(type_name::<T>());
    }

    /// A const argument.
    pub fn const_arg<T: Serialize>(&mut self, value: &T) {
        self.instance(value);
    }

    /// A key argument, by its canonical encoding.
    pub fn arg<T: Serialize + ?Sized>(&mut self, value: &T) {
        if self.arguments.is_none() {
            self.arguments = Some(HashSink::new(self.identity()));
        }
        if let Some(sink) = &mut self.arguments
            && let Err(failed) = canonical::encode(value, sink)
        {
            self.problem.get_or_insert(failed.0);
        }
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
    pub fn finish(mut self) -> Key {
        if let Some(problem) = self.problem {
            return Key(Err(problem));
        }
        Key(Ok(if let Some(template) = self.template.take() {
            let identity = blake3::Hash::from_bytes(self.identity());
            Part::Readable { identity, text: template.finish() }
        } else {
            let arguments = self.arguments.take();
            Part::Digest(arguments.unwrap_or_else(|| HashSink::new(self.identity())).finish())
        }))
    }

    fn instance<T: Serialize + ?Sized>(&mut self, what: &T) {
        debug_assert!(self.arguments.is_none(), "the instance comes before the arguments");
        let function = self.function;
        let sink = self.instance.get_or_insert_with(|| HashSink::new(function.identity()));
        if let Err(failed) = canonical::encode(what, sink) {
            self.problem.get_or_insert(failed.0);
        }
    }

    /// The identity of this instance of the function; the instance is complete once it is asked for.
    fn identity(&mut self) -> [u8; 32] {
        match self.instance.take() {
            Some(sink) => *sink.finish().as_bytes(),
            None => self.function.identity(),
        }
    }
}
