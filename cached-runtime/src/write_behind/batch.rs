//! What the worker's function is given.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::vec;

/// Records for a worker's function, all of one shard: those of one key in the order in which they were pushed.
///
/// A batch of one's own, for tests of the function, is collected from keys and values:
///
/// ```
/// use cached_runtime::Batch;
///
/// let batch: Batch<u64> =
///     [("post:1", 1), ("post:2", 1), ("post:1", 5)].map(|(key, value)| (key.to_owned(), value)).into_iter().collect();
/// assert_eq!(batch.len(), 3);
/// let sums = batch.merge(|sum, value| *sum += value);
/// assert_eq!(sums, [("post:1".to_owned(), 6), ("post:2".to_owned(), 1)]);
/// ```
#[derive(Debug, Clone)]
pub struct Batch<T>(pub(super) Vec<Record<T>>);

/// A record in a [`Batch`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Record<T> {
    /// What the record is known by in its shard: of two records of one key, the one that was pushed later has the greater
    /// id. A function that stores the last id with what it writes can pass over records that it has seen.
    pub id: RecordId,
    /// As it was pushed.
    pub key: String,
    /// As it was pushed.
    pub value: T,
    /// How often the record has failed by itself so far.
    pub failures: u32,
}

/// When a record was pushed, by Redis's clock, and which of that millisecond it is. It reads as Redis writes it:
/// `1795278716552-0`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId {
    /// Milliseconds since 1970.
    pub millis: u64,
    /// Among those of one millisecond.
    pub sequence: u64,
}

impl<T> Batch<T> {
    /// How many records there are: at least one, in a worker's function.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The records, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Record<T>> {
        self.0.iter()
    }

    /// One value for each key, in the order in which the keys first appear: `into` is given the value so far and the next
    /// one of the same key. For counters, and for records of which only the last one counts.
    pub fn merge(self, mut into: impl FnMut(&mut T, T)) -> Vec<(String, T)> {
        let mut places = HashMap::with_capacity(self.0.len());
        let mut merged: Vec<(String, T)> = Vec::new();
        for Record { key, value, .. } in self.0 {
            if let Some(&place) = places.get(&key) {
                let (_, sum): &mut (String, T) = &mut merged[place];
                into(sum, value);
            } else {
                places.insert(key.clone(), merged.len());
                merged.push((key, value));
            }
        }
        merged
    }
}

impl<T> IntoIterator for Batch<T> {
    type Item = Record<T>;
    type IntoIter = vec::IntoIter<Record<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Batch<T> {
    type Item = &'a Record<T>;
    type IntoIter = std::slice::Iter<'a, Record<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T> FromIterator<(String, T)> for Batch<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(records: I) -> Self {
        let record = |(sequence, (key, value))| {
            let id = RecordId { millis: 0, sequence };
            Record { id, key, value, failures: 0 }
        };
        Self((1..).zip(records).map(record).collect())
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.millis, self.sequence)
    }
}

impl FromStr for RecordId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (millis, sequence) = text.split_once('-').unwrap_or((text, "0"));
        Ok(Self { millis: millis.parse()?, sequence: sequence.parse()? })
    }
}

#[test]
fn ids_rise_as_numbers_and_not_as_text() {
    let id = |text: &str| text.parse::<RecordId>().unwrap();
    assert!(id("999-9") < id("1000-0") && id("1000-9") < id("1000-10"));
    assert_eq!(id("1795278716552-3").to_string(), "1795278716552-3");
    assert!("".parse::<RecordId>().is_err());
}
