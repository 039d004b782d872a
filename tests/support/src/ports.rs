//! Free TCP ports.
//!
//! They lie below the range from which the kernel takes the source ports of outgoing connections:
//! otherwise a stopped server could find its port taken by a client when it starts again.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

const FIRST: u16 = 12_000;
const COUNT: u16 = 20_000;

/// A port on which nothing listens right now. Another process may still be quicker to use it.
pub(crate) fn free() -> u16 {
    // Processes start at different places, so that they seldom try the same port.
    static NEXT: LazyLock<AtomicU16> = LazyLock::new(|| {
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.subsec_nanos());
        AtomicU16::new(u16::try_from((nanos ^ std::process::id()) % u32::from(COUNT)).unwrap_or(0))
    });
    (0..COUNT)
        .map(|_| FIRST + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT)
        .find(|&port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
        .expect("one of 20,000 ports is free")
}
