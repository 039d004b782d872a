//! What tells one fill from every other: a token in a lease, a mark in an envelope.

use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::hash::{BuildHasher, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use super::intent::is_intent;

/// Bytes of a mark.
pub(crate) const LENGTH: usize = 16;

/// The first byte of a lease; no JSON document starts with it.
pub(super) const LEASE: u8 = 0x02;

/// The lease of a fill.
const FILL: u8 = 0x01;

/// What the lock of a refill holds after a failed one: nobody is to try for a while.
pub(crate) const HELD_OFF: &[u8] = &[0x03];

/// A mark that no other fill has, nor had, in this process or another: 64 random bits of the process, and a count.
pub(crate) fn unique() -> [u8; LENGTH] {
    static PROCESS: OnceLock<u64> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    // The standard library's source of randomness is that of the operating system.
    let process = PROCESS.get_or_init(|| RandomState::new().build_hasher().finish());
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut mark = [0; LENGTH];
    mark[..8].copy_from_slice(&process.to_be_bytes());
    mark[8..].copy_from_slice(&count.to_be_bytes());
    mark
}

/// A lease of its own for one fill.
pub(crate) fn new_lease() -> Bytes {
    let mut lease = Vec::with_capacity(2 + LENGTH);
    lease.extend_from_slice(&[LEASE, FILL]);
    lease.extend_from_slice(&unique());
    lease.into()
}

/// A token of its own for one holder of a lock: text, for people who look at it, and all of one length, so that none
/// is the beginning of another.
pub(crate) fn new_lock() -> Bytes {
    let mut token = String::with_capacity(2 * LENGTH);
    for byte in unique() {
        let _ = write!(token, "{byte:02x}");
    }
    token.into()
}

/// Whether the bytes of a slot say that it is being filled, or that its value is being written. What only begins like
/// a lease is junk: calls that waited for it would wait in vain.
pub(crate) fn is_lease(bytes: &[u8]) -> bool {
    bytes.len() == 2 + LENGTH && bytes.starts_with(&[LEASE, FILL]) || is_intent(bytes)
}

#[test]
fn no_two_leases_are_alike() {
    let leases: std::collections::HashSet<_> = (0..1000).map(|_| new_lease()).collect();
    assert_eq!(leases.len(), 1000);
    assert!(leases.iter().all(|lease| lease.len() == 18 && is_lease(lease)));
    for other in [&b""[..], b"2", HELD_OFF, b"\x02lease", b"\x02\x01seventeen or more"] {
        assert!(!is_lease(other), "{other:?}");
    }
}
