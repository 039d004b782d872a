//! Lists, tuples, structs and their variants: elements between a begin and an end mark.

use serde_core::ser::{self, Serialize};

use super::{NotCanonical, encode, put_name, tag};
use crate::key::sink::Sink;

pub(crate) struct Compound<'a, S> {
    pub(super) out: &'a mut S,
}

impl<S: Sink> Compound<'_, S> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotCanonical> {
        encode(value, self.out)
    }

    /// Fields carry their names, so that leaving one out (`skip_serializing_if`) is not another one's value.
    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), NotCanonical> {
        self.out.put_byte(tag::FIELD);
        put_name(self.out, name);
        encode(value, self.out)
    }

    fn close(self) {
        self.out.put_byte(tag::END);
    }
}

macro_rules! elements {
    ($($kind:ident :: $method:ident),*) => {$(
        impl<S: Sink> ser::$kind for Compound<'_, S> {
            type Ok = ();
            type Error = NotCanonical;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotCanonical> {
                self.element(value)
            }

            fn end(self) -> Result<(), NotCanonical> {
                self.close();
                Ok(())
            }
        }
    )*};
}

elements!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);

macro_rules! fields {
    ($($kind:ident),*) => {$(
        impl<S: Sink> ser::$kind for Compound<'_, S> {
            type Ok = ();
            type Error = NotCanonical;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), NotCanonical> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), NotCanonical> {
                self.close();
                Ok(())
            }
        }
    )*};
}

fields!(SerializeStruct, SerializeStructVariant);
