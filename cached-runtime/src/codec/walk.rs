//! A walk through a value, as its `Serialize` shows it, that writes nothing.

use std::fmt::Display;

use serde_core::ser::{self, Serialize};

/// Shows `value` to `visitor`.
#[inline]
pub(super) fn walk<T: Serialize + ?Sized, V: Visitor>(
    value: &T,
    visitor: V,
) -> Result<V::Ok, V::Error> {
    value.serialize(Walk(visitor))
}

/// Who looks at one value, and sends others into its parts.
pub(super) trait Visitor: Sized {
    type Ok: Default;
    type Error: ser::Error;

    /// It is a number, a character or the like, of that many bytes in memory.
    fn scalar(self, _size: usize) -> Result<Self::Ok, Self::Error> {
        Ok(Self::Ok::default())
    }

    /// It is a float.
    fn float(self, _value: f64, size: usize) -> Result<Self::Ok, Self::Error> {
        self.scalar(size)
    }

    /// It is a string, of these bytes, or bytes.
    fn bytes(self, _bytes: &[u8]) -> Result<Self::Ok, Self::Error> {
        Ok(Self::Ok::default())
    }

    /// It is `None`, `()`, or a struct of nothing.
    fn null(self) -> Result<Self::Ok, Self::Error> {
        Ok(Self::Ok::default())
    }

    /// It is another around this one.
    fn around<T: Serialize + ?Sized>(
        self,
        wrapper: Wrapper,
        value: &T,
    ) -> Result<Self::Ok, Self::Error>;

    /// It has parts, which are shown next.
    fn begin(self, kind: Kind) -> Self;

    /// A part, or the value of an entry.
    fn part<T: Serialize + ?Sized>(&mut self, part: &T) -> Result<(), Self::Error>;

    /// The key of an entry.
    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Self::Error>;

    /// That were its parts.
    fn end(self) -> Result<Self::Ok, Self::Error> {
        Ok(Self::Ok::default())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapper {
    Some,
    Newtype,
    Variant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of a struct, a tuple, a variant; or of a map of which nobody knows how many entries it has, as of a struct with
    /// `#[serde(flatten)]`.
    Fields,
    /// Of a sequence.
    Elements,
    /// Of a map.
    Entries,
}

struct Walk<V>(V);

macro_rules! scalars {
    ($($method:ident($type:ty)),*) => {$(
        fn $method(self, _value: $type) -> Result<V::Ok, V::Error> {
            self.0.scalar(size_of::<$type>())
        }
    )*};
}

impl<V: Visitor> ser::Serializer for Walk<V> {
    type Ok = V::Ok;
    type Error = V::Error;
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
        serialize_u32(u32), serialize_u64(u64), serialize_u128(u128), serialize_char(char)
    }

    fn serialize_f32(self, value: f32) -> Result<V::Ok, V::Error> {
        self.0.float(value.into(), size_of::<f32>())
    }

    fn serialize_f64(self, value: f64) -> Result<V::Ok, V::Error> {
        self.0.float(value, size_of::<f64>())
    }

    fn serialize_str(self, value: &str) -> Result<V::Ok, V::Error> {
        self.0.bytes(value.as_bytes())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<V::Ok, V::Error> {
        self.0.bytes(value)
    }

    /// What is shown as text is something else in memory.
    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<V::Ok, V::Error> {
        self.0.scalar(size_of_val(value))
    }

    fn serialize_none(self) -> Result<V::Ok, V::Error> {
        self.0.null()
    }

    fn serialize_unit(self) -> Result<V::Ok, V::Error> {
        self.0.null()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<V::Ok, V::Error> {
        self.0.null()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
    ) -> Result<V::Ok, V::Error> {
        self.0.scalar(1)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<V::Ok, V::Error> {
        self.0.around(Wrapper::Some, value)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<V::Ok, V::Error> {
        self.0.around(Wrapper::Newtype, value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        value: &T,
    ) -> Result<V::Ok, V::Error> {
        self.0.around(Wrapper::Variant, value)
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Self, V::Error> {
        Ok(Self(self.0.begin(Kind::Elements)))
    }

    fn serialize_tuple(self, _len: usize) -> Result<Self, V::Error> {
        Ok(Self(self.0.begin(Kind::Fields)))
    }

    fn serialize_tuple_struct(self, _name: &'static str, _len: usize) -> Result<Self, V::Error> {
        Ok(Self(self.0.begin(Kind::Fields)))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self, V::Error> {
        Ok(Self(self.0.begin(Kind::Fields)))
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self, V::Error> {
        let kind = if len.is_some() { Kind::Entries } else { Kind::Fields };
        Ok(Self(self.0.begin(kind)))
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Self, V::Error> {
        Ok(Self(self.0.begin(Kind::Fields)))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self, V::Error> {
        Ok(Self(self.0.begin(Kind::Fields)))
    }
}

macro_rules! compounds {
    ($($kind:ident::$method:ident($($name:ident)?)),*) => {$(
        impl<V: Visitor> ser::$kind for Walk<V> {
            type Ok = V::Ok;
            type Error = V::Error;

            fn $method<T: Serialize + ?Sized>(
                &mut self,
                $($name: &'static str,)?
                value: &T,
            ) -> Result<(), V::Error> {
                self.0.part(value)
            }

            fn end(self) -> Result<V::Ok, V::Error> {
                self.0.end()
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

impl<V: Visitor> ser::SerializeMap for Walk<V> {
    type Ok = V::Ok;
    type Error = V::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), V::Error> {
        self.0.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), V::Error> {
        self.0.part(value)
    }

    fn end(self) -> Result<V::Ok, V::Error> {
        self.0.end()
    }
}
