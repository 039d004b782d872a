//! A key that is complete.

use super::few::Few;
use super::{Function, instance, push_hex};

/// As much of an encoding or a text as a key has in place. A method carries the names of its type and of itself.
const CARRIED: usize = 160;

/// What makes a key, as it is carried.
pub(crate) type Carried = Few<CARRIED>;

/// The [instance], and the encoding of the arguments.
pub(super) const ENCODED: u8 = 0;
/// The [instance], and a text.
pub(super) const READABLE: u8 = 1;
/// A digest of both.
pub(super) const DIGESTED: u8 = 2;

/// Bytes of a digest that are used: 160 bits.
pub(super) const DIGEST: usize = 20;

/// Bytes of a function's identity in a readable key: 64 bits keep functions of one program apart.
const IDENTITY: usize = 8;

/// What the last part of a slot's name is made of, or why there is none. The first byte says what the others are.
pub struct Key(pub(super) Result<Carried, String>);

impl Key {
    /// What tells this key from all others of its function; `None` if the arguments are no key.
    ///
    /// It takes neither an allocation nor a hash.
    #[inline]
    pub(crate) fn carried(&self) -> Option<&Carried> {
        self.0.as_ref().ok()
    }

    /// Appends `{prefix}:{function}:{digest}`, or `{prefix}:{function}.{identity}:{text}` for a readable key.
    ///
    /// # Errors
    ///
    /// Why the arguments are no key: their `Serialize` or `Display` failed.
    pub(crate) fn push_to(&self, slot: &mut String, function: &Function) -> Result<(), &str> {
        let all = self.0.as_deref().map_err(String::as_str)?;
        slot.push_str(function.part());
        match all {
            [DIGESTED, digest @ ..] => push_hex(slot, digest),
            [READABLE, rest @ ..] => {
                let (instance, text) = instance::split(rest);
                slot.pop();
                slot.push('.');
                push_hex(slot, &instance::key(function, instance)[..IDENTITY]);
                slot.push(':');
                slot.push_str(str::from_utf8(text).expect("it was written as text"));
            }
            [_, rest @ ..] => {
                let (instance, arguments) = instance::split(rest);
                let hash = blake3::keyed_hash(&instance::key(function, instance), arguments);
                push_hex(slot, &hash.as_bytes()[..DIGEST]);
            }
            [] => unreachable!("a key begins with what it is"),
        }
        Ok(())
    }
}
