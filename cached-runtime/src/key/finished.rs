//! A key that is complete.

use arrayvec::ArrayVec;

use super::few::Few;
use super::{DIGEST, Function, instance, push_hex};

/// As much of an encoding or a text as a key has in place: each call moves it.
pub(super) const CARRIED: usize = 100;

/// The first byte of [`Key::bytes`] says what the others are.
pub(super) const ENCODED: u8 = 0;
pub(super) const READABLE: u8 = 1;
const DIGESTED: u8 = 2;

/// Bytes of a function's identity in a readable key: 64 bits keep functions of one program apart.
const IDENTITY: usize = 8;

/// What the last part of a slot's name is made of, or why there is none.
pub struct Key(pub(super) Result<Part, String>);

/// What each begins with is in the words of [`Key::bytes`].
pub(super) enum Part {
    /// The [instance], and the encoding of the arguments.
    Encoded(ArrayVec<u8, CARRIED>),
    /// The [instance], and the text.
    Readable(Few<CARRIED>),
    /// A hash of what is too long for it.
    Digest([u8; 1 + DIGEST]),
}

impl Part {
    pub(super) fn digest(hash: &blake3::Hash) -> Self {
        let mut all = [DIGESTED; 1 + DIGEST];
        all[1..].copy_from_slice(&hash.as_bytes()[..DIGEST]);
        Self::Digest(all)
    }
}

impl Key {
    /// What tells this key from all others of its function; `None` if the arguments are no key.
    ///
    /// It takes neither an allocation nor a hash.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        self.0.as_ref().ok().map(|part| match part {
            Part::Encoded(all) => all.as_slice(),
            Part::Readable(all) => all,
            Part::Digest(all) => all,
        })
    }

    /// Appends `{prefix}:{function}:{digest}`, or `{prefix}:{function}.{identity}:{text}` for a readable key.
    ///
    /// # Errors
    ///
    /// Why the arguments are no key: their `Serialize` or `Display` failed.
    pub(crate) fn push_to(&self, slot: &mut String, function: &Function) -> Result<(), &str> {
        let part = self.0.as_ref().map_err(String::as_str)?;
        slot.push_str(function.part());
        match part {
            Part::Encoded(all) => {
                let (instance, arguments) = instance::split(&all[1..]);
                let hash = blake3::keyed_hash(&instance::key(function, instance), arguments);
                push_hex(slot, &hash.as_bytes()[..DIGEST]);
            }
            Part::Readable(all) => {
                let (instance, text) = instance::split(&all[1..]);
                slot.pop();
                slot.push('.');
                push_hex(slot, &instance::key(function, instance)[..IDENTITY]);
                slot.push(':');
                slot.push_str(str::from_utf8(text).expect("it was written as text"));
            }
            Part::Digest(all) => push_hex(slot, &all[1..]),
        }
        Ok(())
    }
}
