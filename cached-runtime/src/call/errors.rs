//! Handing the error of one fill to the other calls that waited for it, where its type is `Clone`.
//!
//! As with [`Probe`](super::Probe), name resolution answers: what is inherent wins over a trait's. The attribute asks
//! only where the error's type has no lifetimes and no type parameters in it, as a type's lifetimes are out of the
//! question's sight, and a clone that outlives the call has to be `'static`.

use std::any::Any;
use std::marker::PhantomData;

/// An error on its way to a call of the same function.
pub(super) type Copied = Box<dyn Any + Send>;

/// How the errors in `R` are copied, if they can be.
pub struct Errors<R>(Option<Copying<R>>);

struct Copying<R> {
    copy: fn(&R) -> Option<Copied>,
    fits: fn(&Copied) -> bool,
    paste: fn(Copied) -> Option<R>,
}

impl<R> Errors<R> {
    /// They can't be, or may be of any kind.
    pub const fn none() -> Self {
        Self(None)
    }

    /// A copy of the error in `failed`.
    pub(super) fn copy(&self, failed: &R) -> Option<Copied> {
        self.0.as_ref().and_then(|errors| (errors.copy)(failed))
    }

    /// Whether `copied` can be [pasted](Self::paste). Surely so, if it is from a call of the same function.
    pub(super) fn fits(&self, copied: &Copied) -> bool {
        self.0.as_ref().is_some_and(|errors| (errors.fits)(copied))
    }

    /// What a function returns that fails with the error in `copied`.
    pub(super) fn paste(&self, copied: Copied) -> Option<R> {
        self.0.as_ref().and_then(|errors| (errors.paste)(copied))
    }
}

/// Asks whether `R` is a `Result` whose errors can be copied.
pub struct ErrorProbe<R>(PhantomData<fn() -> R>);

impl<R> ErrorProbe<R> {
    /// The question.
    #[expect(clippy::new_without_default, reason = "only for expansions")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T, E: Clone + Send + 'static> ErrorProbe<Result<T, E>> {
    /// They can.
    pub const fn errors(self) -> Errors<Result<T, E>> {
        Errors(Some(Copying {
            copy: |failed| failed.as_ref().err().map(|error| Box::new(error.clone()) as Copied),
            fits: |copied| copied.is::<E>(),
            paste: |copied| copied.downcast::<E>().ok().map(|error| Err(*error)),
        }))
    }
}

/// The answer for all other types.
pub trait Opaque {
    /// The type that was asked about.
    type Returned;

    /// They can't.
    fn errors(self) -> Errors<Self::Returned>;
}

impl<R> Opaque for ErrorProbe<R> {
    type Returned = R;

    fn errors(self) -> Errors<R> {
        Errors::none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_copied_where_they_are_clone() {
        #[derive(Debug, Clone, PartialEq)]
        struct Shared(String);
        #[derive(Debug)]
        struct Unique;

        let errors = ErrorProbe::<Result<u8, Shared>>::new().errors();
        let failed = Err(Shared("down".to_owned()));
        let copied = errors.copy(&failed).unwrap();
        assert_eq!(errors.paste(copied), Some(failed));
        assert!(errors.copy(&Ok(1)).is_none());
        assert!(ErrorProbe::<Result<u8, Unique>>::new().errors().0.is_none());
        assert!(ErrorProbe::<Option<u8>>::new().errors().0.is_none());
        assert!(Errors::<Result<u8, Shared>>::none().0.is_none());
    }
}
