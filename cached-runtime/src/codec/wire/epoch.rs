//! What stands in the slot of a tag: the epoch that its entries have to be of.
//!
//! | bytes | meaning |
//! |---|---|
//! | `04` | an epoch; no JSON document starts with it |
//! | 16 | the epoch: made like a token, anew at each invalidation |
//! | … | the stamp, in ASCII digits: how many invalidations of tags the clock had counted when it was made |
//!
//! The clock of all tags is of the same form, and its epoch is that of the count: another one counts anew.

use bytes::Bytes;

use super::mark::{self, unique};

/// The first byte.
const EPOCH: u8 = 0x04;

/// What a value keeps of an epoch.
pub(crate) type Epoch = [u8; mark::LENGTH];

/// The epoch and the stamp in the slot of a tag; `None` for a tag that has none, as it is being written.
pub(crate) fn parse(bytes: &[u8]) -> Option<(Epoch, u64)> {
    let (epoch, stamp) = bytes.strip_prefix(&[EPOCH])?.split_first_chunk()?;
    Some((*epoch, std::str::from_utf8(stamp).ok()?.parse().ok()?))
}

/// A new epoch, with this stamp.
pub(crate) fn new_epoch(stamp: u64) -> Bytes {
    let mut bytes = vec![EPOCH];
    bytes.extend_from_slice(&unique());
    bytes.extend_from_slice(stamp.to_string().as_bytes());
    bytes.into()
}

#[test]
fn no_two_epochs_are_alike() {
    let (a, b) = (new_epoch(7), new_epoch(u64::MAX));
    let ((a_epoch, a_stamp), (b_epoch, b_stamp)) = (parse(&a).unwrap(), parse(&b).unwrap());
    assert!(a_epoch != b_epoch && (a_stamp, b_stamp) == (7, u64::MAX));
    for other in [&b""[..], b"\x04short", b"\x020123456789abcdef1", b"\x040123456789abcdef-1"] {
        assert_eq!(parse(other), None, "{other:?}");
    }
}
