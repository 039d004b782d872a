//! The canonical encoding of arguments: equal values give equal bytes, different ones different bytes.
//!
//! Every value starts with a tag, and strings and lists carry their length or an end mark, so no encoding is the
//! beginning of another and `("ab", "c")` is not `("a", "bc")`. Integers are encoded by value, so that widening an
//! argument keeps its keys; maps in the order of their encoded keys, so that a `HashMap` has one encoding.
//! `docs/protocol.md` gives every byte. Changing any of them makes all cached entries unreachable.

use std::fmt::{self, Display, Write};

use serde_core::ser::{self, Serialize};

use super::sink::{Number, Sink};

mod compound;
mod map;

#[cfg(test)]
mod tests;

use compound::Compound;
use map::Map;

pub(super) mod tag {
    pub(crate) const UNIT: u8 = 0x00;
    pub(crate) const FALSE: u8 = 0x01;
    pub(crate) const TRUE: u8 = 0x02;
    pub(crate) const POSITIVE: u8 = 0x03;
    pub(crate) const NEGATIVE: u8 = 0x04;
    pub(crate) const FLOAT: u8 = 0x05;
    pub(crate) const CHAR: u8 = 0x06;
    pub(crate) const STR: u8 = 0x07;
    pub(crate) const BYTES: u8 = 0x08;
    pub(crate) const NONE: u8 = 0x09;
    pub(crate) const SOME: u8 = 0x0A;
    pub(crate) const SEQ: u8 = 0x0B;
    pub(crate) const TUPLE: u8 = 0x0C;
    pub(crate) const STRUCT: u8 = 0x0D;
    pub(crate) const MAP: u8 = 0x0E;
    pub(crate) const UNIT_VARIANT: u8 = 0x0F;
    pub(crate) const NEWTYPE_VARIANT: u8 = 0x10;
    pub(crate) const TUPLE_VARIANT: u8 = 0x11;
    pub(crate) const STRUCT_VARIANT: u8 = 0x12;
    pub(crate) const FIELD: u8 = 0x13;
    pub(crate) const END: u8 = 0x1F;
}

/// The bits that stand for every NaN.
const NAN_BITS: u64 = 0x7FF8_0000_0000_0000;

/// Encodes `value` into `out`.
#[inline]
pub(super) fn encode<T: Serialize + ?Sized>(
    value: &T,
    out: &mut impl Sink,
) -> Result<(), NotCanonical> {
    value.serialize(Canonical { out })
}

/// A value's own `Serialize` gave up.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotCanonical(pub(super) String);

impl ser::Error for NotCanonical {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

pub(super) struct Canonical<'a, S> {
    out: &'a mut S,
}

/// An unsigned LEB128 number: one encoding per value, one byte for short lengths.
fn put_length(out: &mut impl Sink, mut length: usize) {
    while length >= 0x80 {
        out.put_byte(low_byte(length) | 0x80);
        length >>= 7;
    }
    out.put_byte(low_byte(length));
}

fn low_byte(number: usize) -> u8 {
    number.to_le_bytes()[0]
}

fn put_name(out: &mut impl Sink, name: &str) {
    put_length(out, name.len());
    out.put(name.as_bytes());
}

#[inline]
fn put_integer(out: &mut impl Sink, tag: u8, magnitude: u128) {
    match Number::new(tag, magnitude) {
        Some(number) => out.put_number(number),
        None => put_large(out, tag, magnitude),
    }
}

#[cold]
fn put_large(out: &mut impl Sink, tag: u8, magnitude: u128) {
    let skipped = magnitude.leading_zeros() as usize / 8;
    out.put_byte(tag);
    out.put_byte(low_byte(16 - skipped));
    out.put(&magnitude.to_be_bytes()[skipped..]);
}

impl<'a, S: Sink> Canonical<'a, S> {
    fn begin(self, tag: u8) -> Compound<'a, S> {
        self.out.put_byte(tag);
        Compound { out: self.out }
    }

    fn variant(self, tag: u8, name: &str) -> Compound<'a, S> {
        let compound = self.begin(tag);
        put_name(compound.out, name);
        compound
    }
}

/// Integers of each width, by value.
macro_rules! integers {
    ($($method:ident($type:ty) as $widest:ident),*) => {$(
        #[inline]
        fn $method(self, value: $type) -> Result<(), NotCanonical> {
            self.$widest(value.into())
        }
    )*};
}

impl<'a, S: Sink> ser::Serializer for Canonical<'a, S> {
    type Ok = ();
    type Error = NotCanonical;
    type SerializeSeq = Compound<'a, S>;
    type SerializeTuple = Compound<'a, S>;
    type SerializeTupleStruct = Compound<'a, S>;
    type SerializeTupleVariant = Compound<'a, S>;
    type SerializeMap = Map<'a, S>;
    type SerializeStruct = Compound<'a, S>;
    type SerializeStructVariant = Compound<'a, S>;

    /// Compact forms (a UUID as 16 bytes, an IP address as 4 or 16) are shorter to hash than their text.
    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, value: bool) -> Result<(), NotCanonical> {
        self.out.put_byte(if value { tag::TRUE } else { tag::FALSE });
        Ok(())
    }

    integers! {
        serialize_i8(i8) as serialize_i128,
        serialize_i16(i16) as serialize_i128,
        serialize_i32(i32) as serialize_i128,
        serialize_i64(i64) as serialize_i128,
        serialize_u8(u8) as serialize_u128,
        serialize_u16(u16) as serialize_u128,
        serialize_u32(u32) as serialize_u128,
        serialize_u64(u64) as serialize_u128
    }

    #[inline]
    fn serialize_i128(self, value: i128) -> Result<(), NotCanonical> {
        let tag = if value < 0 { tag::NEGATIVE } else { tag::POSITIVE };
        put_integer(self.out, tag, value.unsigned_abs());
        Ok(())
    }

    #[inline]
    fn serialize_u128(self, value: u128) -> Result<(), NotCanonical> {
        put_integer(self.out, tag::POSITIVE, value);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), NotCanonical> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), NotCanonical> {
        let bits = if value.is_nan() { NAN_BITS } else { value.to_bits() };
        self.out.put_byte(tag::FLOAT);
        self.out.put(&bits.to_be_bytes());
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), NotCanonical> {
        self.out.put_byte(tag::CHAR);
        self.out.put(&u32::from(value).to_be_bytes());
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), NotCanonical> {
        self.out.put_byte(tag::STR);
        put_name(self.out, value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), NotCanonical> {
        self.out.put_byte(tag::BYTES);
        put_length(self.out, value.len());
        self.out.put(value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), NotCanonical> {
        self.out.put_byte(tag::NONE);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NotCanonical> {
        self.out.put_byte(tag::SOME);
        encode(value, self.out)
    }

    fn serialize_unit(self) -> Result<(), NotCanonical> {
        self.out.put_byte(tag::UNIT);
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), NotCanonical> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), NotCanonical> {
        self.variant(tag::UNIT_VARIANT, variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), NotCanonical> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), NotCanonical> {
        encode(value, self.variant(tag::NEWTYPE_VARIANT, variant).out)
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Compound<'a, S>, NotCanonical> {
        Ok(self.begin(tag::SEQ))
    }

    fn serialize_tuple(self, _len: usize) -> Result<Compound<'a, S>, NotCanonical> {
        Ok(self.begin(tag::TUPLE))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        len: usize,
    ) -> Result<Compound<'a, S>, NotCanonical> {
        self.serialize_tuple(len)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Compound<'a, S>, NotCanonical> {
        Ok(self.variant(tag::TUPLE_VARIANT, variant))
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Map<'a, S>, NotCanonical> {
        Ok(Map::new(self.out))
    }

    fn serialize_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Compound<'a, S>, NotCanonical> {
        Ok(self.begin(tag::STRUCT))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Compound<'a, S>, NotCanonical> {
        Ok(self.variant(tag::STRUCT_VARIANT, variant))
    }

    /// Twice through `Display`, once for the length, instead of once through a `String`.
    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), NotCanonical> {
        struct Length(usize);
        impl Write for Length {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0 += text.len();
                Ok(())
            }
        }
        struct Text<'s, S>(&'s mut S);
        impl<S: Sink> Write for Text<'_, S> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0.put(text.as_bytes());
                Ok(())
            }
        }
        let failed = |_| NotCanonical("its `Display` failed".to_owned());
        let mut length = Length(0);
        write!(length, "{value}").map_err(failed)?;
        self.out.put_byte(tag::STR);
        put_length(self.out, length.0);
        write!(Text(self.out), "{value}").map_err(failed)
    }
}
