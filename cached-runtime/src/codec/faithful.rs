//! Whether JSON gives a value back as it was.
//!
//! It has one `null`: for `None`, for `()`, and for floats that are not numbers. So `Some(f64::NAN)`, `Some(())` and
//! `Some(None)` would come back as `None`: another value, and no error. Such values are not stored.

use std::fmt::{self, Display};

use serde_core::ser::{self, Serialize};

use super::walk::{Kind, Visitor, Wrapper, walk};

/// Fails for a value that JSON would change.
pub(super) fn check<T: Serialize + ?Sized>(value: &T) -> Result<(), Unfaithful> {
    walk(value, Checker::INNER)
}

#[derive(Debug)]
pub(super) enum Unfaithful {
    /// Of the value's own `Serialize`: the encoder will tell.
    Other,
    NullInSome,
    Float,
}

impl Display for Unfaithful {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Other => "its `Serialize` failed",
            Self::NullInSome => {
                "JSON would turn a `Some` of nothing into `None`: use another codec or type"
            }
            Self::Float => "JSON has no infinite float and no NaN: use another codec or type",
        })
    }
}

impl std::error::Error for Unfaithful {}

impl ser::Error for Unfaithful {
    fn custom<T: Display>(_message: T) -> Self {
        Self::Other
    }
}

/// Looks at one value.
#[derive(Clone, Copy)]
struct Checker {
    /// Whether it stands right inside a `Some`.
    in_some: bool,
}

impl Checker {
    const INNER: Self = Self { in_some: false };
}

impl Visitor for Checker {
    type Ok = ();
    type Error = Unfaithful;

    fn null(self) -> Result<(), Unfaithful> {
        if self.in_some { Err(Unfaithful::NullInSome) } else { Ok(()) }
    }

    fn float(self, value: f64, _size: usize) -> Result<(), Unfaithful> {
        if value.is_finite() { Ok(()) } else { Err(Unfaithful::Float) }
    }

    fn around<T: Serialize + ?Sized>(self, wrapper: Wrapper, value: &T) -> Result<(), Unfaithful> {
        let in_some = match wrapper {
            Wrapper::Some => true,
            Wrapper::Newtype => self.in_some,
            Wrapper::Variant => false,
        };
        walk(value, Self { in_some })
    }

    fn begin(self, _kind: Kind) -> Self {
        self
    }

    fn part<T: Serialize + ?Sized>(&mut self, part: &T) -> Result<(), Unfaithful> {
        walk(part, Self::INNER)
    }

    /// The encoder knows which keys JSON can have.
    fn key<T: Serialize + ?Sized>(&mut self, _key: &T) -> Result<(), Unfaithful> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Codec, Json};

    #[test]
    fn values_that_json_would_change_are_refused() {
        assert!(check(&Some(f64::NAN)).is_err());
        assert!(check(&vec![Some(f64::INFINITY), None]).is_err());
        assert!(check(&Some(None::<u8>)).is_err());
        assert!(check(&Some(())).is_err());
        assert!(check(&Some(serde_json::Value::Null)).is_err());
        assert!(check(&f32::NEG_INFINITY).is_err());
        assert!(check(&(1, [Some(Some(None::<u8>))])).is_err());
    }

    #[test]
    fn values_that_json_keeps_are_not() {
        assert!(check(&None::<u8>).is_ok());
        assert!(check(&Some(Some(1))).is_ok());
        assert!(check(&((), vec![()], Some("x"), 1.5)).is_ok());
        assert!(check(&Some([None, Some(1)])).is_ok());
        assert!(check(&serde_json::json!({ "a": [null, 1, { "b": null }] })).is_ok());
    }

    #[test]
    fn floats_come_back_to_the_last_bit() {
        for _ in 0..100_000 {
            let value = f64::from_bits(fastrand::u64(..));
            let mut bytes = Vec::new();
            if <Json as Codec<f64>>::encode(&value, &mut bytes).is_ok() {
                let back: f64 = Json::decode(&bytes).unwrap();
                assert_eq!(back.to_bits(), value.to_bits(), "{value:?}");
            } else {
                assert!(!value.is_finite());
            }
        }
    }
}
