//! What is cached, decided by type: of a `Result<T, E>` the `Ok(T)`, anything else whole.
//!
//! Stable Rust has no specialization, so the two cases are two traits, `Returned<true>` and `Returned<false>`, and
//! which one a type wants is a constant: an inherent constant wins over a trait's, so `<Probe<R>>::FALLIBLE` is
//! `true` exactly for a `Result`, by whatever name it goes. The attribute asks it in a const argument.

use std::marker::PhantomData;

/// What a memoized function returns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is called `Result` and is not `core::result::Result`",
    label = "the attribute takes a type of this name for the standard `Result`",
    note = "rename the type, or name it by an alias in the function's signature"
)]
pub trait Returned<const FALLIBLE: bool>: Sized {
    /// What is cached of it.
    type Value;

    /// What is to be cached, if there is anything.
    fn value(&self) -> Option<&Self::Value>;

    /// What a hit returns.
    fn from_value(value: Self::Value) -> Self;
}

impl<T> Returned<false> for T {
    type Value = T;

    fn value(&self) -> Option<&T> {
        Some(self)
    }

    fn from_value(value: T) -> Self {
        value
    }
}

impl<T, E> Returned<true> for Result<T, E> {
    type Value = T;

    fn value(&self) -> Option<&T> {
        self.as_ref().ok()
    }

    fn from_value(value: T) -> Self {
        Ok(value)
    }
}

/// Asks whether `R` is a `Result`.
pub struct Probe<R>(PhantomData<R>);

impl<T, E> Probe<Result<T, E>> {
    /// A `Result` it is.
    pub const FALLIBLE: bool = true;
}

/// The answer for all other types.
pub trait Whole {
    /// A `Result` it is not.
    const FALLIBLE: bool = false;
}

impl<R> Whole for Probe<R> {}
