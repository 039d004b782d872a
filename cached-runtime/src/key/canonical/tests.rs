//! Equal arguments meet and different ones never do.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use serde::{Serialize, Serializer};

use super::encode;

fn bytes<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    encode(value, &mut out).unwrap();
    out
}

/// All of serde's data model, as one type: two values are equal exactly when the arguments are.
#[derive(Debug, Clone, PartialEq, Serialize)]
enum Any {
    Unit,
    Bool(bool),
    Int(i128),
    Natural(u128),
    Char(char),
    Text(String),
    Raw(Raw),
    Maybe(Option<Box<Any>>),
    List(Vec<Any>),
    Pair(Box<Any>, Box<Any>),
    Map(BTreeMap<String, Any>),
    Record { left: Box<Any>, right: Option<Box<Any>> },
}

#[derive(Debug, Clone, PartialEq)]
struct Raw(Vec<u8>);

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

fn values() -> impl Strategy<Value = Any> {
    // Small alphabets and ranges, so that values that nearly meet are common.
    let leaf = prop_oneof![
        Just(Any::Unit),
        any::<bool>().prop_map(Any::Bool),
        (-300_i128..300).prop_map(Any::Int),
        any::<i128>().prop_map(Any::Int),
        any::<u128>().prop_map(Any::Natural),
        proptest::char::range('a', 'd').prop_map(Any::Char),
        "[ab\u{1f}\u{13}]{0,3}".prop_map(Any::Text),
        proptest::collection::vec(0_u8..32, 0..4).prop_map(|raw| Any::Raw(Raw(raw))),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        prop_oneof![
            proptest::option::of(boxed.clone()).prop_map(Any::Maybe),
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Any::List),
            (boxed.clone(), boxed.clone()).prop_map(|(a, b)| Any::Pair(a, b)),
            proptest::collection::btree_map("[ab]{0,2}", inner, 0..3).prop_map(Any::Map),
            (boxed.clone(), proptest::option::of(boxed))
                .prop_map(|(left, right)| Any::Record { left, right }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn bytes_are_equal_exactly_when_values_are(a in values(), b in values()) {
        prop_assert_eq!(bytes(&a) == bytes(&b), a == b);
        prop_assert_eq!(bytes(&a), bytes(&a.clone()));
    }

    #[test]
    fn no_encoding_begins_another(a in values(), b in values()) {
        if a != b {
            prop_assert!(!bytes(&a).starts_with(&bytes(&b)), "{a:?} begins with {b:?}");
        }
    }

    #[test]
    fn argument_lists_do_not_run_into_each_other(
        a in "[ab]{0,3}", b in "[ab]{0,3}", c in "[ab]{0,3}", d in "[ab]{0,3}",
    ) {
        prop_assert_eq!([bytes(&a), bytes(&b)].concat() == [bytes(&c), bytes(&d)].concat(), (a, b) == (c, d));
    }

    #[test]
    fn integers_meet_by_value_whatever_their_width(n in any::<i8>()) {
        let same = bytes(&i128::from(n));
        prop_assert_eq!(&bytes(&n), &same);
        prop_assert_eq!(&bytes(&i16::from(n)), &same);
        prop_assert_eq!(&bytes(&i32::from(n)), &same);
        prop_assert_eq!(&bytes(&i64::from(n)), &same);
        if let Ok(natural) = u8::try_from(n) {
            prop_assert_eq!(&bytes(&natural), &same);
            prop_assert_eq!(&bytes(&u64::from(natural)), &same);
            prop_assert_eq!(&bytes(&u128::from(natural)), &same);
        }
    }

    #[test]
    fn maps_meet_in_any_order(entries in proptest::collection::hash_map(any::<u16>(), any::<u8>(), 0..32)) {
        let other: HashMap<u16, u8> = entries.iter().map(|(k, v)| (*k, *v)).collect();
        let ordered: BTreeMap<u16, u8> = other.clone().into_iter().collect();
        prop_assert_eq!(bytes(&entries), bytes(&other));
        prop_assert_eq!(bytes(&entries), bytes(&ordered));
    }

    #[test]
    fn floats_meet_by_their_bits_but_for_nan(a in any::<f64>(), b in any::<f64>()) {
        let same = a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
        prop_assert_eq!(bytes(&a) == bytes(&b), same);
    }

    #[test]
    fn borrowed_and_owned_meet(text in ".{0,20}", list in proptest::collection::vec(any::<u8>(), 0..9)) {
        prop_assert_eq!(bytes(&text), bytes(text.as_str()));
        prop_assert_eq!(bytes(&text), bytes(&Cow::Borrowed(text.as_str())));
        prop_assert_eq!(bytes(&text), bytes(&Box::new(text.clone())));
        prop_assert_eq!(bytes(&list), bytes(list.as_slice()));
        prop_assert_eq!(bytes(&&&list), bytes(&list));
    }
}

#[test]
fn what_looks_alike_differs() {
    let all = [
        bytes(&1_u8),
        bytes("1"),
        bytes(&'1'),
        bytes(&1.0_f64),
        bytes(&true),
        bytes(&()),
        bytes(&None::<()>),
        bytes(&Some(())),
        bytes(&Some(None::<()>)),
        bytes(""),
        bytes(&Raw(Vec::new())),
        bytes(&Vec::<u8>::new()),
        bytes(&vec![()]),
        bytes(&[12]),
        bytes(&[1, 2]),
        bytes(&vec![1, 2]),
        bytes(&vec![vec![1], vec![2]]),
        bytes(&vec![vec![1, 2]]),
        bytes(&vec![vec![1, 2], vec![]]),
        bytes(&0.0_f64),
        bytes(&-0.0_f64),
        bytes(&-1_i8),
        bytes(&255_u8),
        bytes(&i128::MIN),
        bytes(&u128::MAX),
    ];
    let distinct: std::collections::HashSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
    assert_eq!(bytes(&f64::NAN), bytes(&-f64::NAN));
    assert_eq!(bytes(&1.5_f32), bytes(&1.5_f64));
}

#[test]
fn a_field_left_out_is_not_another_fields_value() {
    #[derive(Serialize)]
    struct Filter {
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<u8>,
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<u8>,
    }
    let from = Filter { from: Some(1), to: None };
    let to = Filter { from: None, to: Some(1) };
    assert_ne!(bytes(&from), bytes(&to));
}

#[test]
fn text_by_display_is_text() {
    struct Shown;
    impl Serialize for Shown {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(&format_args!("{}-{}", 12, "é"))
        }
    }
    assert_eq!(bytes(&Shown), bytes("12-é"));
}
