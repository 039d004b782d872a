//! What is cached, decided by type: of a `Result<T, E>` the `Ok(T)`, anything else whole.
//!
//! Stable Rust has no specialization, so the two cases are two traits, `Returned<true>` and `Returned<false>`. Which
//! one a type wants is answered by name resolution: what is inherent wins over a trait's, so `Probe::<R>` has the
//! answer of `Probe<Result<T, E>>` exactly for a `Result`, by whatever name it goes. In a function the attribute asks
//! the method `shape`, which works in generic code too; in the signature of an entry function, where only a type will
//! do, the constant `FALLIBLE`.

use std::any::type_name;
use std::marker::PhantomData;

use crate::policy::Fails;

/// What a memoized function returns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is called `Result` and is not `core::result::Result`",
    label = "the attribute takes a type of this name for the standard `Result`",
    note = "rename the type, or name it by an alias in the function's signature"
)]
pub trait Returned<const FALLIBLE: bool>: Sized {
    /// What is cached of it.
    type Value;

    /// What is to be cached; else what is returned without. It takes `self` apart, as the error may be no `Send`
    /// and must not be held while the value is stored.
    #[expect(clippy::missing_errors_doc, reason = "it is no failure")]
    fn split(self) -> Result<Self::Value, Self>;

    /// Whether it is a `Result` after all, behind a type parameter: its errors must not be cached.
    fn hides_a_result() -> bool {
        false
    }

    /// What a hit returns.
    fn from_value(value: Self::Value) -> Self;
}

impl<T> Returned<false> for T {
    type Value = T;

    fn split(self) -> Result<T, Self> {
        Ok(self)
    }

    fn hides_a_result() -> bool {
        type_name::<T>().starts_with("core::result::Result<")
    }

    fn from_value(value: T) -> Self {
        value
    }
}

impl<T, E> Returned<true> for Result<T, E> {
    type Value = T;

    fn split(self) -> Result<T, Self> {
        self.map_err(Err)
    }

    fn from_value(value: T) -> Self {
        Ok(value)
    }
}

/// Asks whether `R` is a `Result`.
pub struct Probe<R>(PhantomData<fn() -> R>);

impl<R> Probe<R> {
    /// The question.
    #[expect(clippy::new_without_default, reason = "only for expansions")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T, E> Probe<Result<T, E>> {
    /// A `Result` it is.
    pub const FALLIBLE: bool = true;

    /// A `Result` it is.
    pub fn shape(self) -> Shape<Result<T, E>, true> {
        Shape(PhantomData)
    }
}

/// The answer for all other types.
pub trait Whole {
    /// A `Result` it is not.
    const FALLIBLE: bool = false;

    /// The type that was asked about.
    type Returned;

    /// A `Result` it is not.
    fn shape(self) -> Shape<Self::Returned, false>;
}

impl<R> Whole for Probe<R> {
    type Returned = R;

    fn shape(self) -> Shape<R, false> {
        Shape(PhantomData)
    }
}

impl<R> Fails for Shape<R, true> {}

/// What a function returns, and whether it is a `Result`, both as types.
pub struct Shape<R, const FALLIBLE: bool>(PhantomData<fn() -> R>);

impl<R, const FALLIBLE: bool> Clone for Shape<R, FALLIBLE> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, const FALLIBLE: bool> Copy for Shape<R, FALLIBLE> {}
