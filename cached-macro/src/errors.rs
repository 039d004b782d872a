//! Every mistake of one attribute is reported in one compile.

use std::fmt::Display;

use quote::ToTokens;
use syn::{Error, Result};

/// Collects errors until the end of a phase.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    /// Records a mistake that is visible at `tokens`.
    pub(crate) fn report(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.add(Error::new_spanned(tokens, message));
    }

    /// Records an error that already knows its place.
    pub(crate) fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            none => *none = Some(error),
        }
    }

    /// The value of `result`, or nothing after recording its error.
    pub(crate) fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    /// What was recorded, if anything.
    pub(crate) fn finish(self) -> Option<Error> {
        self.0
    }
}

/// Shorthand for an `Err` with a place and a message.
pub(crate) fn fail<T>(tokens: impl ToTokens, message: impl Display) -> Result<T> {
    Err(Error::new_spanned(tokens, message))
}
