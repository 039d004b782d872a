//! What a [`Peer`](crate::Peer) says.

use std::collections::BTreeMap;

/// Tells the lines from those of the test harness, which may stand before them in the same line.
const SIGN: &str = "peer: ";

/// A word, and numbers with names.
#[derive(Debug, Clone)]
pub struct Line {
    /// The word.
    pub word: String,
    numbers: BTreeMap<String, u64>,
}

impl Line {
    /// Says it, as this process.
    pub fn say(word: &str, numbers: &[(&str, u64)]) {
        let numbers = numbers.iter().map(|(name, number)| format!(" {name}={number}"));
        println!("{SIGN}{word}{}", numbers.collect::<String>());
    }

    /// What another process has said, if it was that.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_once(SIGN)?.1.split(' ');
        let word = words.next()?.to_owned();
        let numbers = words.filter_map(|pair| {
            let (name, number) = pair.split_once('=')?;
            Some((name.to_owned(), number.parse().ok()?))
        });
        Some(Self { word, numbers: numbers.collect() })
    }

    /// The number of that name.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn number(&self, name: &str) -> u64 {
        *self.numbers.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }
}

#[test]
fn what_is_said_is_parsed() {
    let line = Line::parse("test worker::process ... peer: done right=250 wrong=0").unwrap();
    assert_eq!((line.word.as_str(), line.number("right"), line.number("wrong")), ("done", 250, 0));
    assert!(Line::parse("running 1 test").is_none());
}
