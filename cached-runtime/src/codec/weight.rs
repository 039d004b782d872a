//! About how much memory a decoded value takes, with all that it owns, by a walk through it.
//!
//! What is shown of a value and stands within its own memory, by its address, is paid for with it: its fields, what is
//! in its `Option`s, the elements of its arrays. All else is behind a pointer and takes memory of its own. Elements are
//! often shown by a reference, so they are as large as what is shown of them.
//!
//! Not seen is what `Serialize` does not show: skipped fields, a number in a `Box`, what is shown as text. For that there
//! is the length of the encoding.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt::Display;
use std::ptr;

use serde_core::ser::{self, Serialize};

use super::walk::{Kind, Visitor, Wrapper, walk};

/// In bytes, of a value that was decoded from `encoded` bytes.
pub(super) fn weigh<T: Serialize>(value: &T, encoded: usize) -> usize {
    let owned = Owned::default();
    let place = Place::of(value, None);
    match walk(value, Weigher::new(&place, &owned)) {
        Ok(shown) => {
            owned.add(shown.outside);
            // Text is at most about twice as long as what it says.
            (size_of::<T>() + owned.0.get()).max(encoded / 2)
        }
        Err(Unknown) => size_of::<T>() + 2 * encoded,
    }
}

/// The value's own `Serialize` has failed.
#[derive(Debug, thiserror::Error)]
#[error("its `Serialize` failed")]
struct Unknown;

impl ser::Error for Unknown {
    fn custom<T: Display>(_message: T) -> Self {
        Self
    }
}

/// The memory that was found so far outside of the whole value.
#[derive(Default)]
struct Owned(Cell<usize>);

impl Owned {
    /// What the allocator takes for that many bytes: as that of glibc does, and others about.
    fn add(&self, size: usize) {
        const HEADER: usize = size_of::<usize>();
        const STEP: usize = 2 * HEADER;
        if size > 0 {
            let allocation = (size + HEADER).next_multiple_of(STEP).max(2 * STEP);
            self.0.set(self.0.get() + allocation);
        }
    }
}

/// Memory that is paid for.
#[derive(Clone, Copy)]
struct Place<'a> {
    start: usize,
    end: usize,
    /// That of the values around it, as it may only be the wrapper of a field.
    outer: Option<&'a Self>,
}

impl<'a> Place<'a> {
    fn of<T: ?Sized>(value: &T, outer: Option<&'a Self>) -> Self {
        let start = ptr::from_ref(value).addr();
        Self { start, end: start + size_of_val(value), outer }
    }

    fn has<T: ?Sized>(&self, value: &T) -> bool {
        let Self { start, end, .. } = Place::of(value, None);
        let mut place = Some(self);
        while let Some(at) = place {
            if at.start <= start && end <= at.end {
                return true;
            }
            place = at.outer;
        }
        false
    }
}

/// What was shown of one value, in bytes.
#[derive(Clone, Copy, Default)]
struct Shown {
    /// Fields outside of its place: it was a pointer to them.
    outside: usize,
    /// What shows no address.
    bare: usize,
}

/// Looks at one value in a place.
struct Weigher<'a> {
    place: &'a Place<'a>,
    owned: &'a Owned,
    kind: Kind,
    /// How many parts, or entries.
    count: usize,
    /// The size of its fields outside of its place, and alignment.
    fields: usize,
    align: usize,
    /// The size of the largest elements, values or keys outside of its place.
    element: usize,
    key: usize,
}

impl<'a> Weigher<'a> {
    fn new(place: &'a Place<'a>, owned: &'a Owned) -> Self {
        let (count, fields, align, element, key) = (0, 0, 1, 0, 0);
        Self { place, owned, kind: Kind::Fields, count, fields, align, element, key }
    }

    /// Looks into a field; how much of it is outside of the place.
    fn field<T: Serialize + ?Sized>(&self, field: &T) -> Result<usize, Unknown> {
        let is_within = self.place.has(field);
        if has_room_for_pointers(field) {
            let own = Place::of(field, Some(self.place));
            let place = if is_within { self.place } else { &own };
            let shown = walk(field, Weigher::new(place, self.owned))?;
            self.owned.add(shown.outside);
        }
        Ok(if is_within { 0 } else { size_of_val(field) })
    }

    /// Looks into an element; its size, if it is outside of the place.
    fn element<T: Serialize + ?Sized>(&self, element: &T) -> Result<usize, Unknown> {
        const POINTER: usize = size_of::<*const ()>();
        if size_of_val(element) != POINTER || !has_room_for_pointers(element) {
            return self.field(element);
        }
        // As good as always a reference to it.
        let own = Place::of(element, Some(self.place));
        let Shown { outside, bare } = walk(element, Weigher::new(&own, self.owned))?;
        Ok(match outside + bare {
            0 => POINTER,
            shown => shown,
        })
    }
}

impl Visitor for Weigher<'_> {
    type Ok = Shown;
    type Error = Unknown;

    fn scalar(self, size: usize) -> Result<Shown, Unknown> {
        Ok(Shown { outside: 0, bare: size })
    }

    fn bytes(self, bytes: &[u8]) -> Result<Shown, Unknown> {
        if !self.place.has(bytes) {
            self.owned.add(bytes.len());
        }
        Ok(Shown { outside: 0, bare: size_of::<String>() })
    }

    fn around<T: Serialize + ?Sized>(self, wrapper: Wrapper, value: &T) -> Result<Shown, Unknown> {
        let outside = self.field(value)?;
        let align = align_of_val(value);
        // What has no room for a tag gets one more.
        let is_full = outside > 0 && outside <= align && wrapper != Wrapper::Newtype;
        Ok(Shown { outside: if is_full { outside + align } else { outside }, bare: 0 })
    }

    fn begin(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    fn part<T: Serialize + ?Sized>(&mut self, part: &T) -> Result<(), Unknown> {
        self.count += 1;
        if self.kind == Kind::Fields {
            self.align = self.align.max(align_of_val(part));
            self.fields += self.field(part)?;
        } else {
            self.element = self.element.max(self.element(part)?);
        }
        Ok(())
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unknown> {
        if self.kind == Kind::Entries {
            self.key = self.key.max(self.element(key)?);
        } else if align_of_val(key) > align_of::<u8>() {
            // Else it is the name of a field, which is no part of the value.
            self.fields += self.field(key)?;
        }
        Ok(())
    }

    fn end(self) -> Result<Shown, Unknown> {
        const POINTER: usize = size_of::<*const ()>();
        match self.kind {
            Kind::Fields => {
                let outside = self.fields.next_multiple_of(self.align);
                return Ok(Shown { outside, bare: 0 });
            }
            Kind::Elements => self.owned.add(self.element * room(self.count, self.element)),
            Kind::Entries if self.count == 0 => {}
            Kind::Entries => {
                let entry = (self.key + self.element).next_multiple_of(POINTER);
                self.owned.add((entry + 1) * buckets(self.count));
            }
        }
        let bare = match self.kind {
            Kind::Entries => size_of::<HashMap<(), ()>>(),
            _ => size_of::<Vec<()>>(),
        };
        Ok(Shown { outside: 0, bare })
    }
}

fn has_room_for_pointers<T: ?Sized>(value: &T) -> bool {
    align_of_val(value) >= align_of::<*const ()>()
}

/// For how many elements a `Vec` has room that was filled one by one.
fn room(count: usize, size: usize) -> usize {
    let least = match size {
        0 | 1 => 8,
        2..=1024 => 4,
        _ => 1,
    };
    if count == 0 { 0 } else { count.next_power_of_two().max(least) }
}

/// For how many entries a `HashMap` or a `BTreeMap` has room, about: the former doubles, the latter has nodes of eleven.
fn buckets(count: usize) -> usize {
    (count * 8 / 7).next_power_of_two().max(count * 3 / 2).max(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_value_is_paid_for_with_it() {
        assert_eq!(weigh(&[Some((1_u64, 2_u8)); 4], 0), size_of::<[Option<(u64, u8)>; 4]>());
    }

    #[test]
    fn what_is_behind_a_pointer_is_paid_for_by_itself() {
        assert_eq!(weigh(&String::from("0123456789"), 0), 24 + 32);
        assert_eq!(weigh(&Box::new([0_u64; 32]), 0), 8 + 272);
        assert_eq!(weigh(&Box::new(Some([0_u64; 32])), 0), 8 + 272, "the tag is not seen");
        assert_eq!(weigh(&vec![[0_u64; 2]; 5], 0), 24 + 144, "room for eight");
    }

    #[test]
    fn what_is_not_seen_is_known_by_the_encoding() {
        struct Shown;
        impl Serialize for Shown {
            fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str("text")
            }
        }
        assert_eq!(weigh(&Shown, 1000), 500);
    }

    #[test]
    fn a_serialize_that_fails_weighs_as_any_codec() {
        struct Failing;
        impl Serialize for Failing {
            fn serialize<S: ser::Serializer>(&self, _serializer: S) -> Result<S::Ok, S::Error> {
                Err(ser::Error::custom("no"))
            }
        }
        assert_eq!(weigh(&vec![Failing], 1000), 24 + 2000);
    }
}
