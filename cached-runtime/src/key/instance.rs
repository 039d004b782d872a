//! What tells a function from its other instances, as a key carries it: the type of `self`, type and const arguments.
//!
//! It is one byte of length, and the encoding. Of a long encoding, it is a mark and the hash.

use super::Function;

/// The longest encoding that is carried as it is.
pub(super) const LONGEST: u8 = 127;

/// No length.
pub(super) const HASHED: u8 = 0xFF;

/// Parts the instance from what follows it.
pub(super) fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let len = match bytes.first() {
        Some(&HASHED) => blake3::OUT_LEN,
        Some(&len) => len.into(),
        None => return (&[], &[]),
    };
    bytes.split_at(1 + len)
}

/// BLAKE3's key for all that depends on the instance.
pub(super) fn key(function: &Function, instance: &[u8]) -> [u8; 32] {
    match instance {
        [HASHED, hash @ ..] => hash.try_into().expect("a hash follows the mark"),
        [_, encoding @ ..] if !encoding.is_empty() => {
            *blake3::keyed_hash(function.identity(), encoding).as_bytes()
        }
        _ => *function.identity(),
    }
}
