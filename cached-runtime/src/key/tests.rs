//! What a key carries tells it from all others, and its digest is the same wherever it was worked out.

use std::collections::HashSet;
use std::fmt;

use super::canonical::encode;
use super::finished::ENCODED;
use super::{Carried, Function, Key, KeyBuilder, push_hex};

static FUNCTION: Function = Function::new("f", "p", "", "tests.rs", 1, 1);

fn key(build: impl FnOnce(&mut KeyBuilder)) -> Key {
    let mut key = KeyBuilder::new(&FUNCTION, "tests::f".into());
    build(&mut key);
    key.finish()
}

fn bytes(key: &Key) -> Option<&[u8]> {
    key.carried().map(|carried| &**carried)
}

fn slot(key: &Key) -> String {
    let mut slot = String::new();
    key.push_to(&mut slot, &FUNCTION).unwrap();
    slot
}

/// The name as `docs/protocol.md` defines it.
fn defined(instance: &str, argument: &str) -> String {
    let _ = key(|_| ());
    let hash = |key: &[u8; 32], text: &str| {
        let mut encoding = Vec::new();
        encode(text, &mut encoding).unwrap();
        *blake3::keyed_hash(key, &encoding).as_bytes()
    };
    let mut name = "p:f:".to_owned();
    push_hex(&mut name, &hash(&hash(FUNCTION.identity(), instance), argument)[..20]);
    name
}

#[test]
fn the_digest_is_the_same_whatever_is_carried_hashed_or_streamed() {
    let text = "x".repeat(5000);
    let lengths = || [0, 1, 50, 58, 59, 60, 61, 62, 63, 64, 94, 95, 96, 97, 98, 99, 100, 101];
    let lengths = || lengths().into_iter().chain(440..520).chain([1000, 5000]);
    for long in lengths() {
        for short in [0, 40, 70, 600] {
            for (instance, argument) in [(long, short), (short, long)] {
                let (instance, argument) = (&text[..instance], &text[..argument]);
                let key = key(|key| {
                    key.const_arg(&instance);
                    key.arg(argument);
                });
                let lens = (instance.len(), argument.len());
                assert_eq!(slot(&key), defined(instance, argument), "{lens:?}");
            }
        }
    }
}

#[test]
fn an_encoding_in_pieces_is_that_of_the_whole() {
    let pieces: Vec<_> = (0..700_u32).map(|n| n.wrapping_mul(7919)).collect();
    for count in 0..pieces.len() {
        let pieces = &pieces[..count];
        let key = key(|key| pieces.iter().for_each(|piece| key.arg(piece)));
        let mut encoding = Vec::new();
        for piece in pieces {
            encode(piece, &mut encoding).unwrap();
        }
        let mut name = "p:f:".to_owned();
        push_hex(&mut name, &blake3::keyed_hash(FUNCTION.identity(), &encoding).as_bytes()[..20]);
        assert_eq!(slot(&key), name, "{count} arguments");
    }
}

#[test]
fn no_two_keys_carry_the_same() {
    let long = "x".repeat(600);
    let texts = ["", "a", "b", "ab", &long[..20], &long[..80], &long[..90], &long[..300], &long];
    let mut carried = HashSet::new();
    for instance in texts {
        for argument in texts {
            let arguments = key(|key| {
                key.const_arg(&instance);
                key.arg(argument);
            });
            let readable = key(|key| {
                key.const_arg(&instance);
                key.literal("a:");
                key.value(argument);
            });
            for key in [arguments, readable] {
                let bytes = bytes(&key).unwrap();
                assert!(carried.insert(bytes.to_vec()), "{bytes:?}");
            }
        }
        carried.insert(bytes(&key(|key| key.const_arg(&instance))).unwrap().to_vec());
    }
    // A key of nothing, a text of nothing, and an argument that is the instance of another key.
    carried.insert(bytes(&key(|_| ())).unwrap().to_vec());
    carried.insert(bytes(&key(|key| key.literal(""))).unwrap().to_vec());
    carried.insert(bytes(&key(|key| key.arg("a"))).unwrap().to_vec());
    assert_eq!(carried.len(), texts.len() * texts.len() * 2 + texts.len() + 3);
}

#[test]
fn the_same_arguments_carry_the_same() {
    for len in [0, 8, 80, 97, 98, 99, 500, 600] {
        let text = "x".repeat(len);
        let arguments = || key(|key| key.arg(&text));
        assert_eq!(bytes(&arguments()), bytes(&arguments()));
        let readable = || key(|key| key.value(&text));
        assert_eq!(bytes(&readable()), bytes(&readable()));
    }
}

#[test]
fn short_keys_are_not_hashed_and_not_on_the_heap() {
    struct Repo;
    for key in [
        key(|key| key.arg(&u64::MAX)),
        key(|key| key.arg(&"c0ffee00-1234-5678-9abc-def012345678-eu1")),
        key(|key| {
            key.self_type::<Repo>();
            key.arg(&("tenant", 42));
        }),
    ] {
        let Ok(bytes) = &key.0 else { panic!("no key") };
        assert!(bytes.is_inline() && bytes[0] == ENCODED);
    }
    let readable = key(|key| {
        key.self_type::<Repo>();
        key.literal("user:");
        key.value(&u64::MAX);
    });
    assert!(readable.0.is_ok_and(|text| text.is_inline()));
    assert!(
        size_of::<Key>() <= size_of::<Carried>() + 8,
        "each call moves it: {}",
        size_of::<Key>()
    );
}

#[test]
fn what_is_no_key_carries_nothing() {
    struct Bad;
    impl fmt::Display for Bad {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Err(fmt::Error)
        }
    }
    assert_eq!(bytes(&key(|key| key.value(&Bad))), None);
}
