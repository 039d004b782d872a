//! Whether JSON gives a value back as it was.
//!
//! It has one `null`: for `None`, for `()`, and for floats that are not numbers. So `Some(f64::NAN)`, `Some(())` and
//! `Some(None)` would come back as `None`: another value, and no error. Such values are not stored.

use std::fmt::{self, Display};

use serde_core::ser::{self, Serialize};

/// Fails for a value that JSON would change.
pub(super) fn check<T: Serialize + ?Sized>(value: &T) -> Result<(), Unfaithful> {
    value.serialize(Checker { in_some: false })
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

/// Walks through a value and writes nothing.
#[derive(Clone, Copy)]
struct Checker {
    /// Whether the value stands right inside a `Some`.
    in_some: bool,
}

impl Checker {
    const INNER: Self = Self { in_some: false };

    fn null(self) -> Result<(), Unfaithful> {
        if self.in_some { Err(Unfaithful::NullInSome) } else { Ok(()) }
    }
}

macro_rules! scalars {
    ($($method:ident($type:ty)),*) => {$(
        fn $method(self, _value: $type) -> Result<(), Unfaithful> {
            Ok(())
        }
    )*};
}

impl ser::Serializer for Checker {
    type Ok = ();
    type Error = Unfaithful;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    scalars! {
        serialize_bool(bool), serialize_i8(i8), serialize_i16(i16), serialize_i32(i32),
        serialize_i64(i64), serialize_i128(i128), serialize_u8(u8), serialize_u16(u16),
        serialize_u32(u32), serialize_u64(u64), serialize_u128(u128), serialize_char(char),
        serialize_str(&str), serialize_bytes(&[u8])
    }

    fn serialize_f32(self, value: f32) -> Result<(), Unfaithful> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Unfaithful> {
        if value.is_finite() { Ok(()) } else { Err(Unfaithful::Float) }
    }

    fn serialize_none(self) -> Result<(), Unfaithful> {
        self.null()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unfaithful> {
        value.serialize(Self { in_some: true })
    }

    fn serialize_unit(self) -> Result<(), Unfaithful> {
        self.null()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Unfaithful> {
        self.null()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
    ) -> Result<(), Unfaithful> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), Unfaithful> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        value: &T,
    ) -> Result<(), Unfaithful> {
        value.serialize(Self::INNER)
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Self, Unfaithful> {
        Ok(Self::INNER)
    }

    fn serialize_tuple(self, _len: usize) -> Result<Self, Unfaithful> {
        Ok(Self::INNER)
    }

    fn serialize_tuple_struct(self, _name: &'static str, _len: usize) -> Result<Self, Unfaithful> {
        Ok(Self::INNER)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self, Unfaithful> {
        Ok(Self::INNER)
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Self, Unfaithful> {
        Ok(Self::INNER)
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Self, Unfaithful> {
        Ok(Self::INNER)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self, Unfaithful> {
        Ok(Self::INNER)
    }

    fn collect_str<T: Display + ?Sized>(self, _value: &T) -> Result<(), Unfaithful> {
        Ok(())
    }
}

macro_rules! compounds {
    ($($kind:ident::$method:ident($($name:ident)?)),*) => {$(
        impl ser::$kind for Checker {
            type Ok = ();
            type Error = Unfaithful;

            fn $method<T: Serialize + ?Sized>(
                &mut self,
                $($name: &'static str,)?
                value: &T,
            ) -> Result<(), Unfaithful> {
                value.serialize(*self)
            }

            fn end(self) -> Result<(), Unfaithful> {
                Ok(())
            }
        }
    )*};
}

compounds!(
    SerializeSeq::serialize_element(),
    SerializeTuple::serialize_element(),
    SerializeTupleStruct::serialize_field(),
    SerializeTupleVariant::serialize_field(),
    SerializeStruct::serialize_field(_name),
    SerializeStructVariant::serialize_field(_name)
);

impl ser::SerializeMap for Checker {
    type Ok = ();
    type Error = Unfaithful;

    /// The encoder knows which keys JSON can have.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, _key: &T) -> Result<(), Unfaithful> {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfaithful> {
        value.serialize(*self)
    }

    fn end(self) -> Result<(), Unfaithful> {
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
