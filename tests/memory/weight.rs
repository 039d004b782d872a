//! What the default codec takes values for, against what they take.

use std::any::type_name;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use cached_runtime::codec::{Codec, Json};
use serde::{Deserialize, Serialize};

use crate::values::{Big, Event, Flat, User, address, document, text, user};
use crate::{ALONE, Held};

/// What an allocator takes beside what it is asked for: a header, and what it rounds up.
const BESIDE: usize = 16;

/// Checks the weight of a value that comes as a hit brings it.
fn check<T: Serialize + for<'de> Deserialize<'de>>(what: &str, value: &T) {
    check_within(2, what, value);
}

fn check_within<T: Serialize + for<'de> Deserialize<'de>>(most: usize, what: &str, value: &T) {
    let mut encoded = Vec::new();
    <Json as Codec<T>>::encode(value, &mut encoded).unwrap();
    let (value, held) = Held::by(|| <Json as Codec<T>>::decode(&encoded).unwrap());
    let truth = size_of::<T>() + held.bytes + held.allocations * BESIDE;
    let weight = <Json as Codec<T>>::weight(&value, encoded.len());
    let text = encoded.len();
    println!("{weight:7} for {truth:7} bytes (JSON {text:6}): {what}, {}", type_name::<T>());
    let is_about = weight <= truth * most && truth <= weight * most;
    assert!(is_about, "{what}: it takes {truth} bytes, and counts for {weight}");
}

#[test]
fn the_weight_is_about_what_a_value_takes() {
    let _alone = ALONE.blocking_lock();
    check("a text", &text(100));
    check("a long text", &text(100_000));
    check("short texts", &vec![text(5); 1000]);
    check("numbers", &(0..1000).collect::<Vec<u64>>());
    check("large numbers", &vec![u64::MAX; 1000]);
    check("just too many numbers", &vec![1_u64; 1025]);
    check("numbers in pairs", &vec![(1_u32, 2_u64); 1000]);
    check("bytes", &vec![7_u8; 1000]);
    check("lists of bytes", &vec![vec![200_u8; 60]; 300]);
    check("few lists of few bytes", &vec![vec![200_u8; 3]; 3]);
    check("a queue", &VecDeque::from(vec![1_u32; 1000]));
    check("texts in tuples", &vec![(text(10), 1_u8, Some(text(20))); 100]);
    check("times", &vec![Duration::from_secs(1); 1000]);
    check("options of numbers", &[Some(1_u64), None].repeat(500));
    check("larger than its JSON", &vec![Big { a: [0; 32] }; 100]);
    check("options of that", &vec![[Some(Big { a: [0; 32] }), None]; 50].concat());
    check("a document", &document());
}

#[test]
fn the_weight_of_records_is_about_what_they_take() {
    let _alone = ALONE.blocking_lock();
    let users = || (0..100).map(user);
    check("a user", &user(0));
    check("an optional user", &Some(user(1)));
    check("a record of 1 KB", &vec![user(0); 4]);
    check("users", &users().collect::<Vec<_>>());
    check("a shared user", &Arc::new(user(0)));
    check("shared users", &users().map(Arc::new).collect::<Vec<_>>());
    check("a shared list", &users().take(64).collect::<Arc<[User]>>());
    check("a shared text", &Arc::<str>::from(text(1000)));
    check("users by number", &users().map(|user| (user.id, user)).collect::<HashMap<_, _>>());
    let moved = || Event::Moved(Box::new(address()));
    check("events", &vec![[moved(), Event::Paid { cents: 1, by: text(20) }]; 50].concat());
    let rest = (0..5).map(|n| (format!("field {n}"), n)).collect();
    check("flattened", &vec![Flat { id: 1, address: address(), rest }; 100]);
}

#[test]
fn the_weight_of_maps_and_sets_is_about_what_they_take() {
    let _alone = ALONE.blocking_lock();
    for entries in [1, 3, 10, 100, 896, 1000, 1100] {
        let what = format!("{entries} entries");
        let named = || (0..entries).map(|n| (format!("name {n}"), n));
        check(&what, &named().collect::<HashMap<String, u64>>());
        check(&what, &named().collect::<BTreeMap<String, u64>>());
        // Nothing tells a set from a list.
        check_within(3, &what, &named().map(|(name, _)| name).collect::<BTreeSet<_>>());
        check_within(3, &what, &(0..entries).collect::<HashSet<u64>>());
        check_within(3, &what, &(0..entries).collect::<BTreeSet<u64>>());
    }
    // Nor a string from what is only written as one.
    check_within(4, "addresses", &vec![IpAddr::from([127, 0, 0, 1]); 1000]);
}

/// What the figures above are worth: these would be far off by the length of their JSON.
#[test]
fn the_length_of_the_json_is_no_measure() {
    let _alone = ALONE.blocking_lock();
    let large = vec![Big { a: [0; 32] }; 100];
    let mut encoded = Vec::new();
    <Json as Codec<Vec<Big>>>::encode(&large, &mut encoded).unwrap();
    assert!(<Json as Codec<Vec<Big>>>::weight(&large, encoded.len()) > 4 * encoded.len());
}
