//! Digests that must never change: a change makes every cached entry of every user unreachable.

use std::collections::{BTreeMap, HashMap};

use serde::{Serialize, Serializer};

use super::{Function, Key, KeyBuilder};

#[derive(Serialize)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Serialize)]
enum Shape {
    Empty,
    Circle(f64),
    Line(u8, u8),
    Box { w: u8, h: u8 },
}

struct Bytes(&'static [u8]);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

fn slot(key: &Key, function: &Function) -> String {
    let mut slot = String::new();
    key.push_to(&mut slot, function).unwrap();
    slot
}

fn digest<T: Serialize>(arguments: T) -> String {
    static FUNCTION: Function = Function::new("f", "", "", "golden.rs", 1, 1);
    let mut key = KeyBuilder::new(&FUNCTION, "golden::f".into());
    key.arg(&arguments);
    slot(&key.finish(), &FUNCTION)
}

#[test]
fn the_golden_table() {
    let map: HashMap<char, u8> = ('a'..='z').zip(0..).collect();
    let table: BTreeMap<&str, String> = [
        ("unit", digest(())),
        ("true", digest(true)),
        ("0u8", digest(0_u8)),
        ("42u64", digest(42_u64)),
        ("-1i8", digest(-1_i8)),
        ("i128::MIN", digest(i128::MIN)),
        ("u128::MAX", digest(u128::MAX)),
        ("1.5f32", digest(1.5_f32)),
        ("-0.0", digest(-0.0_f64)),
        ("NaN", digest(-f64::NAN)),
        ("char", digest('é')),
        ("empty str", digest("")),
        ("str", digest("日本")),
        ("bytes", digest(Bytes(&[0, 255]))),
        ("none", digest(None::<u8>)),
        ("some unit", digest(Some(()))),
        ("seq", digest(vec![1, 2])),
        ("nested seq", digest(vec![vec![1], vec![2]])),
        ("tuple", digest(("ab", "c"))),
        ("struct", digest(Point { x: 1, y: -2 })),
        ("unit variant", digest(Shape::Empty)),
        ("newtype variant", digest(Shape::Circle(1.0))),
        ("tuple variant", digest(Shape::Line(1, 2))),
        ("struct variant", digest(Shape::Box { w: 1, h: 2 })),
        ("map", digest(map)),
        ("1 KB", digest("x".repeat(1024))),
    ]
    .into();
    let lines: Vec<_> = table.iter().map(|(name, slot)| format!("{name}: {slot}")).collect();
    let golden: Vec<_> = include_str!("golden.txt").lines().collect();
    assert_eq!(lines, golden, "a breaking change: every entry would be lost");
    let distinct: std::collections::HashSet<_> = table.values().collect();
    assert_eq!(distinct.len(), table.len());
}

#[test]
fn instances_prefix_version_and_template_are_part_of_the_slot() {
    static PLAIN: Function = Function::new("f", "user:x", "", "golden.rs", 1, 1);
    static VERSION: Function = Function::new("f", "user:x", "2", "golden.rs", 2, 1);
    let plain = |path: &'static str| {
        let mut key = KeyBuilder::new(&PLAIN, path.into());
        key.arg(&1);
        slot(&key.finish(), &PLAIN)
    };
    let instance = |build: &dyn Fn(&mut KeyBuilder)| {
        let mut key = KeyBuilder::new(&PLAIN, "golden::f".into());
        build(&mut key);
        key.arg(&1);
        slot(&key.finish(), &PLAIN)
    };
    let mut version = KeyBuilder::new(&VERSION, "golden::f".into());
    version.arg(&1);
    let mut readable = KeyBuilder::new(&PLAIN, "golden::f".into());
    readable.literal("id:");
    readable.value("a:b");
    let slots = [
        plain("golden::f"),
        slot(&version.finish(), &VERSION),
        instance(&|key| key.self_type::<str>()),
        instance(&|key| key.type_arg::<u8>()),
        instance(&|key| key.type_of(&1_u16)),
        instance(&|key| key.const_arg(&3_usize)),
        instance(&|key| key.const_arg(&'3')),
        slot(&readable.finish(), &PLAIN),
    ];
    let golden: Vec<_> = include_str!("golden_slots.txt").lines().collect();
    assert_eq!(slots, *golden, "a breaking change: every entry would be lost");
}

#[test]
fn a_failing_serialize_is_no_key() {
    struct Bad;
    impl Serialize for Bad {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("the path is not UTF-8"))
        }
    }
    static FUNCTION: Function = Function::new("f", "", "", "golden.rs", 3, 1);
    let mut key = KeyBuilder::new(&FUNCTION, "golden::f".into());
    key.arg(&Bad);
    let problem = key.finish().push_to(&mut String::new(), &FUNCTION).unwrap_err().to_owned();
    assert_eq!(problem, "the path is not UTF-8");
}
