//! From a function and its arguments to the name of a slot (DESIGN, section 4).
//!
//! The digest is BLAKE3, keyed with the function's identity, over the canonical encoding of the key arguments. It is
//! worked out when the name is wanted: before that, a short encoding is a key in itself, for the local tier.

use std::fmt::Write;

use serde_core::Serialize;

mod builder;
mod canonical;
mod encoding;
mod escape;
mod few;
mod finished;
mod function;
#[cfg(test)]
mod golden;
mod instance;
mod long;
mod short;
mod sink;
mod tag;
mod template;
#[cfg(test)]
mod tests;

pub use builder::KeyBuilder;
pub(crate) use escape::{push_escaped, push_last};
pub(crate) use finished::Carried;
use finished::DIGEST;
pub use finished::Key;
pub use function::{Function, Path, path_of};
pub(crate) use short::Short;
pub use tag::TagNames;
pub(crate) use tag::{clock_slot, tag_slot};

/// What a key can be made of: whatever serde can write.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be part of a key, as it does not implement `serde::Serialize`",
    label = "part of the key",
    note = "if it does not matter for the result, leave it out: `skip(its name)`",
    note = "if a part of it does, name that part: `key(its_name.id, ..)`",
    note = "if all of it does, derive `serde::Serialize` for it"
)]
pub trait KeyPart: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> KeyPart for T {}

fn push_hex(out: &mut impl Write, bytes: &[u8]) {
    // Without a table, the compiler makes it a few vector instructions.
    let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
    let mut digits = [[0; 2]; DIGEST];
    for (pair, byte) in digits.iter_mut().zip(bytes) {
        *pair = [digit(byte >> 4), digit(byte & 0xF)];
    }
    // None of the buffers that names are written to ever fails.
    let _ = out.write_str(str::from_utf8(digits[..bytes.len()].as_flattened()).unwrap_or_default());
}
