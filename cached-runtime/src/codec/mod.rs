//! How a value becomes bytes, and back.

use std::error::Error as StdError;

mod faithful;
mod json;
mod walk;
mod weight;
pub(crate) mod wire;

pub use json::Json;

/// Why a value could not be encoded or decoded.
pub type CodecError = Box<dyn StdError + Send + Sync>;

/// A format for cached values of type `T`, named in `codec = ...`.
///
/// It has no state, as it is named by its type. What it writes stands in the slot behind a header with its
/// [`NAME`](Codec::NAME), so bytes of another codec are a miss and never misread.
///
/// ```
/// use cached_runtime::codec::{Codec, CodecError};
///
/// /// Numbers in four bytes.
/// struct BigEndian;
///
/// impl Codec<u32> for BigEndian {
///     const NAME: &'static str = "u32be";
///
///     fn encode(value: &u32, out: &mut Vec<u8>) -> Result<(), CodecError> {
///         out.extend_from_slice(&value.to_be_bytes());
///         Ok(())
///     }
///
///     fn decode(bytes: &[u8]) -> Result<u32, CodecError> {
///         Ok(u32::from_be_bytes(bytes.try_into()?))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't store values of type `{T}`",
    label = "the cached value, of type `{T}`, is not supported by this codec",
    note = "`Json`, the default codec, needs `T: serde::Serialize + serde::de::DeserializeOwned`"
)]
pub trait Codec<T> {
    /// Names the format in the slot: 1 to 255 bytes, never changed. `"json"` is the format of [`Json`].
    const NAME: &'static str;

    /// Appends the encoding of `value` to `out`.
    ///
    /// # Errors
    ///
    /// The value has no encoding. The call returns it all the same, and does not store it.
    fn encode(value: &T, out: &mut Vec<u8>) -> Result<(), CodecError>;

    /// The value that `bytes` encode, all of them.
    ///
    /// # Errors
    ///
    /// The bytes are no such value. The call is a miss and overwrites them.
    fn decode(bytes: &[u8]) -> Result<T, CodecError>;

    /// About how many bytes of memory `value` takes, with all that it owns, which was decoded from `encoded` bytes: what
    /// it counts in the budget of the values that `local` keeps in the process.
    fn weight(_value: &T, encoded: usize) -> usize {
        size_of::<T>() + 2 * encoded
    }
}

/// A codec as data, so that a policy does not need a type parameter for it.
pub(crate) struct CodecOf<T> {
    pub(crate) name: &'static str,
    pub(crate) encode: fn(&T, &mut Vec<u8>) -> Result<(), CodecError>,
    pub(crate) decode: fn(&[u8]) -> Result<T, CodecError>,
    pub(crate) weight: fn(&T, usize) -> usize,
}

impl<T> CodecOf<T> {
    pub(crate) fn of<C: Codec<T>>() -> Self {
        Self { name: C::NAME, encode: C::encode, decode: C::decode, weight: C::weight }
    }
}
