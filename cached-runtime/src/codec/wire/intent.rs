//! What stands in a slot while functions write what it is about: who they are, and until when each has the right.
//!
//! | bytes | meaning |
//! |---|---|
//! | `02 02` | a lease, of writers |
//! | 1 | `01` if there have been several at a time, else `00` |
//! | 1 | how many there are |
//! | 16, for each | its token |
//! | 13, for each | when its right ends: milliseconds since 1970 by the store's clock, in ASCII digits |

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::mark::{self, LEASE};

/// The lease of writers.
const WRITE: u8 = 0x02;

/// Before the writers.
const HEAD: usize = 4;

/// Digits of an end: enough until the year 2286.
const DIGITS: usize = 13;

/// Bytes of a writer.
const WRITER: usize = mark::LENGTH + DIGITS;

/// Writers of one slot at a time. One too many takes the place of the one whose right ends first.
const MOST: usize = 255;

/// Whether the bytes of a slot say that it is being written.
pub(crate) fn is_intent(bytes: &[u8]) -> bool {
    bytes.len() >= HEAD
        && bytes[..2] == [LEASE, WRITE]
        && bytes.len() == HEAD + usize::from(bytes[3]) * WRITER
}

/// The writers of a slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Intent {
    /// Whether there have been several at a time.
    is_shared: bool,
    writers: Vec<Writer>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Writer {
    token: [u8; mark::LENGTH],
    /// Milliseconds since 1970.
    end: u64,
}

impl Intent {
    /// Those of `bytes`, if that is what they are, without those whose right is over at `now`.
    pub(crate) fn parse(bytes: &[u8], now: u64) -> Option<Self> {
        if !is_intent(bytes) {
            return None;
        }
        let writers = bytes[HEAD..].chunks_exact(WRITER).filter_map(|writer| {
            let (token, end) = writer.split_first_chunk()?;
            let end = std::str::from_utf8(end).ok()?.parse().ok()?;
            Some(Writer { token: *token, end })
        });
        let writers = writers.filter(|writer| writer.end > now).collect();
        Some(Self { is_shared: bytes[2] != 0, writers })
    }

    /// One more writer, whose right ends at `end`.
    pub(crate) fn add(&mut self, token: [u8; mark::LENGTH], end: u64) {
        self.is_shared |= !self.writers.is_empty();
        if self.writers.len() == MOST {
            let first = (0..MOST).min_by_key(|at| self.writers[*at].end).unwrap_or_default();
            self.writers.swap_remove(first);
        }
        self.writers.push(Writer { token, end });
    }

    /// This writer has ended. Whether it was there, and never with another.
    pub(crate) fn remove(&mut self, token: &[u8; mark::LENGTH]) -> bool {
        let before = self.writers.len();
        self.writers.retain(|writer| writer.token != *token);
        let was_there = self.writers.len() < before;
        // Nobody knows whose write was last.
        let was_alone = was_there && !self.is_shared;
        self.is_shared = true;
        was_alone
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![LEASE, WRITE, u8::from(self.is_shared), 0];
        bytes[3] = u8::try_from(self.writers.len()).unwrap_or(u8::MAX);
        for Writer { token, end } in &self.writers {
            bytes.extend_from_slice(token);
            bytes.extend_from_slice(format!("{end:0DIGITS$}").as_bytes());
        }
        bytes
    }

    /// How long it lasts from `now` on; `None` if nobody writes.
    pub(crate) fn left(&self, now: u64) -> Option<Duration> {
        let end = self.writers.iter().map(|writer| writer.end).max()?;
        Some(Duration::from_millis(end.saturating_sub(now).max(1)))
    }
}

/// Now, in milliseconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// When something ends that begins `now` and lasts for `ttl`.
pub(crate) fn end_of(now: u64, ttl: Duration) -> u64 {
    const LAST: u64 = 9_999_999_999_999;
    let ttl = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
    now.saturating_add(ttl).min(LAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [u8; 16] = [1; 16];
    const B: [u8; 16] = [2; 16];

    #[test]
    fn one_writer_is_alone() {
        let mut intent = Intent::default();
        intent.add(A, 2_000);
        let bytes = intent.bytes();
        assert_eq!(bytes, [b"\x02\x02\x00\x01".as_slice(), &A, b"0000000002000"].concat());
        assert!(is_intent(&bytes) && super::super::is_lease(&bytes));
        let mut found = Intent::parse(&bytes, 1_999).unwrap();
        assert_eq!(found.left(1_000), Some(Duration::from_secs(1)));
        assert!(found.remove(&A) && found.left(0).is_none());
    }

    #[test]
    fn of_several_nobody_is() {
        let mut intent = Intent::default();
        intent.add(A, 2_000);
        intent.add(B, 3_000);
        let mut intent = Intent::parse(&intent.bytes(), 0).unwrap();
        assert!(!intent.remove(&A), "another was there");
        assert_eq!(intent.left(0), Some(Duration::from_secs(3)));
        assert!(!intent.remove(&A), "it has gone");
        assert!(!intent.remove(&B), "another had been there");
        assert!(intent.left(0).is_none());
    }

    #[test]
    fn what_is_over_or_no_intent_does_not_count() {
        let mut intent = Intent::default();
        intent.add(A, 2_000);
        let mut late = Intent::parse(&intent.bytes(), 2_000).unwrap();
        assert!(!late.remove(&A));
        for other in [&b""[..], b"\x02\x02", b"\x02\x02\x00\x01short", b"\x02\x01\x00\x00", b"{}"] {
            assert!(Intent::parse(other, 0).is_none(), "{other:?}");
        }
        (0..300_u32).for_each(|n| {
            let mut token = [0; 16];
            token[..4].copy_from_slice(&n.to_be_bytes());
            intent.add(token, 5_000 + u64::from(n));
        });
        assert!(is_intent(&intent.bytes()), "there is a most");
    }
}
